/// Names of namespaces that a page may use whatever the dump tells of its wiki.
enum NamespaceNames {
    /// Canonical names, and the translations and aliases of the big wikis.
    static let all: [(WikiNamespaces.Role, String)] = [
        (.file, files), (.category, categories), (.media, media), (.project, projects), (.other, others),
    ]

    private static let files = """
        file,image,datei,bild,fichier,archivo,imagen,ficheiro,arquivo,imagem,immagine,bestand,afbeelding,plik,grafika,\
        файл,изображение,зображення,fil,tiedosto,kuva,soubor,súbor,obrázok,fájl,kép,fișier,imagine,dosya,resim,αρχείο,\
        εικόνα,קובץ,תמונה,ملف,صورة,پرونده,تصویر,ファイル,画像,파일,그림,文件,图像,图片,档案,檔案,圖像,圖片,tập tin,hình,चित्र,\
        ไฟล์,ภาพ,berkas,gambar,fitxer,imatge,fitxategi,irudi,ficheru,vaizdas,pilt,datoteka,slika,датотека,слика,\
        выява,файл,картинка,fișier,mynd,íomhá,delwedd,dosiero,skrá,lêer,beeld,प्रतिमा,ছবি,படிமம்,చిత్రం,ಚಿತ್ರ,പ്രമാണം,ചിത്രം,\
        ფაილი,სურათი,պատկեր,şəkil,сурет,сүрөт,рәсем,файл,picha,faili,talaksan,larawan,billed,\
        bilde
        """

    private static let categories = """
        category,kategorie,catégorie,categoría,categoria,categorie,kategoria,категория,категорія,kategori,luokka,kategória,\
        kategorija,категорија,κατηγορία,קטגוריה,تصنيف,رده,カテゴリ,분류,分类,分類,thể loại,श्रेणी,หมวดหมู่,kategorio,kategooria,\
        categoría,kategoriya,катэгорыя,категориялар,төркем,বিষয়শ্রেণী,பகுப்பு,వర్గం,ವರ್ಗ,വർഗ്ഗം,\
        वर्ग,કેટેગરી,શ્રેણી,ਸ਼੍ਰੇਣੀ,კატეგორია,կատեգորիա,flokkur,flokkr,catagóir,categori,kategoriija,jamii,\
        kategorya,ангилал,ចំណាត់ថ្នាក់ក្រុម,ປະເພດ,پۆل,زمرہ,وېشنيزه,кӀат,катөгөри,kateqoriya,turkum,\
        категори,kategoreja
        """

    private static let media = """
        media,medium,média,medio,mídia,медиа,медіа,mediji,medya,メディア,媒体,媒體文件,媒體,미디어,ميديا,وسائط,מדיה,mediu,pliki
        """

    private static let projects = """
        w,wikipedia,wikt,wiktionary,b,wikibooks,q,wikiquote,s,wikisource,n,wikinews,v,wikiversity,voy,wikivoyage,species,\
        wikispecies,c,commons,d,wikidata,m,meta,mw,mediawikiwiki,foundation,incubator,phab,phabricator,toollabs
        """

    private static let others = """
        talk,user,user talk,project,project talk,file talk,image talk,mediawiki,mediawiki talk,template,template talk,help,\
        help talk,category talk,special,portal,portal talk,draft,draft talk,module,module talk,timedtext,book
        """

    /// Prefixes of the language editions of Wikipedia.
    static let languageCodes = """
        aa ab ace ady af ak als alt am ami an ang ann anp ar arc ary arz as ast atj av avk awa ay az azb ba ban bar \
        bat-smg bbc bcl bdr be be-tarask be-x-old bew bg bh bi bjn blk bm bn bo bpy br bs btm bug bxr ca cbk-zam cdo ce \
        ceb ch cho chr chy ckb co cr crh cs csb cu cv cy da dag de dga din diq dsb dtp dty dv dz ee el eml en eo es et eu \
        ext fa fat ff fi fiu-vro fj fo fon fr frp frr fur fy ga gag gan gcr gd gl glk gn gom gor got gpe gsw gu guc gur \
        guw gv ha hak haw he hi hif ho hr hsb ht hu hy hyw hz ia iba id ie ig igl ii ik ilo inh io is it iu ja jam jbo \
        jv ka kaa kab kbd kbp kcg kg kge ki kj kk kl km kn knc ko koi kr krc ks ksh ku kus kv kw ky la lad lb lbe lez \
        lfn lg li lij lld lmo ln lo lrc lt ltg lv mad mai map-bms mdf mg mh mhr mi min mk ml mn mni mnw mo mos mr mrj ms \
        mt mus mwl my myv mzn na nah nap nds nds-nl ne new ng nia nl nn no nov nqo nr nrm nso nv ny oc olo om or os pa pag \
        pam pap pcd pcm pdc pfl pi pih pl pms pnb pnt ps pt pwn qu rm rmy rn ro roa-rup roa-tara rsk ru rue rup rw sa sah \
        sat sc scn sco sd se sg sgs sh shi shn si simple sk skr sl sm smn sn so sq sr srn ss st stq su sv sw syl szl szy \
        ta tay tcy tdd te tet tg th ti tig tk tl tly tn to tok tpi tr trv ts tt tum tw ty tyv udm ug uk ur uz ve vec vep vi \
        vls vo vro wa war wo wuu xal xh xmf yi yo yue za zea zgh zh zh-classical zh-min-nan zh-yue zu
        """
}
