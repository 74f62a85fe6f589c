import Testing

@testable import Tokenize

/// Cases by rule; all sentences are our own.
@Suite struct SentenceEnglishTests {
    private func check(_ text: String) { #expect(SentenceSplitterTests.split(text) == text) }

    @Test(arguments: [
        "Gen. Ortiz and Lt. Col. Brandt saluted Capt. Weiss. | Nobody spoke.",
        "We met Sen. Dahl, Rep. Moss and the Rev. Ames. | It was short.",
        "She works for Hale & Co. in Leeds. | He left Hale & Co. | They closed in May.",
        "Brick Bros. Builders won. | Acme Corp. lost.",
        "Open from 9 a.m. to 5 p.m. Monday to Friday. | Closed at noon.",
        "The talk begins at 8 p.m. | Doors open at 7 p.m. Eastern time.",
        "The tablet weighs 3 oz. | It costs 9 dollars.",
        "They moved to St. Paul, Minn. | Then they moved to Mt. Vernon, Wash. | Then to Ft. Wayne.",
        "See Vol. 3, No. 12, pp. 4-9. | It is on p. 7.",
        "He said no. | She said nothing.",
        "On Feb. 3 it snowed. | It thawed in Mar. | We waited until Sept. 20.",
        "Bring tools, e.g. a saw, i.e. the small one, etc. | We begin at six.",
        "Read Dr. Ueda's paper, ibid. | It helps.",
        "Mr. and Mrs. T. S. Aldous came. | So did Prof. C. P. Ng.",
        "We tested vitamin C. | The dose was low.",
        "He lives in the U.S. | She lives in the U.K. with her son.",
        "The U.S. Senate met. | The U.N. Council did too.",
        "P.S. Bring the key.",
        "At 5 a.m. Mr. Sully rose. | He ate at 6 A.M. | Mr. Sully then left.",
        "Bake at 350 deg. F. for 1 hr. | Add 2 tbsp. sugar. | Serve.",
        "J.-P. Aubry and W. H. Gray met. | They agreed.",
        "Pt. takes aspirin 10 mg q.d. | NKDA. | F/u in 2 wks. | Dr. Oh to call.",
    ])
    func `abbreviations, initials and titles do not end a sentence unless one begins after them`(_ text: String) {
        check(text)
    }

    @Test(arguments: [
        "In Roe v. Marsh, 410 U.S. 113 (1973), the court agreed. | It was close.",
        "See Pope v. Dale, 12 F.3d 45 (2d Cir. 1994); Hill v. Orr, 99 S. Ct. 12 (1979). | We affirm.",
        "The claim arises under 42 U.S.C. § 1983. | Defendants moved to dismiss. | Id. at 12.",
        "Fed. R. Civ. P. 12(b)(6) governs. | The motion is denied.",
        "See Bell Atl. Corp. v. Dunn, 5 U.S. 1 (1999). | The Veteran lives in Fla. | Plaintiff does not.",
        "See Cal. Civ. Code § 51; N.Y. Gen. Bus. Law § 349. | Both apply.",
        "He relied on Sec. 4 and Art. II of the charter. | No. 3 was moot.",
        "The notes follow. | *621 | The court turned to them.",
        "[13] | We need not decide this.",
    ])
    func `citations of the law stay whole`(_ text: String) { check(text) }

    @Test(arguments: [
        "Brandt et al. (2011) found it. | Okoye et al. did not.",
        "Mice got 5 mg i.v. and 3 mg i.p. daily. | Controls got saline.",
        "Cells were kept for 10 min. | Sections were then washed for 2 hrs. | Slides dried.",
        "E. coli and S. aureus grew. | B. subtilis did not.",
        "See Fig. 3A, Figs. S1 and S2, and Table 4. | Error bars show s.e.m.",
        "The pH was 7.4 (p < 0.05). | mRNA levels fell. | p53 was not seen.",
        "We used Taq (Roche Inc., Basel). | Primers are in Suppl. Table 2.",
        "It was shown before [12]. | Others [3,4] agree.[5] | We do too.",
        "The drug helps.12 | The dose matters.",
    ])
    func `biomedical text is cut at its sentences alone`(_ text: String) { check(text) }

    @Test(arguments: [
        "“Stop!” he cried. | “Why?” asked Anna. | “Because,” he said.",
        "“Come here!” Anna Berg shouted. | Nobody came.",
        "She said, “I know. | You do not.” | He left.",
        "(We waited. | It rained.) | Then we left.",
        "He teaches (he used to paint.) at the school.",
        "\"Is it?\" | \"It is.\" | 'Good.' | They sat.",
        "Wait ... no. | We … paused. | Then . . . | The end.",
        "The law of the land. | . . . The court so held. | We agree.",
        "In a word ... I was glad. | “More people want credit … While it is cheap, they borrow.” | He left.",
        "She asked, \"Why?\" | He said, \"Because.\" | They left.",
        "The text [...] goes on. | It ends here [...].",
        "So I was, uh — | This is at six. | WASHINGTON — The law passed. | He — Tom — left.",
        "Really?! | Yes!!! | No ! ! ! | Fine.",
        "She works at Yahoo! in the mail room. | He likes Jeopardy! a lot.",
    ])
    func `quotes, brackets and runs of marks stay with their sentence`(_ text: String) { check(text) }

    @Test(arguments: [
        "great place :) | We come back often ;-) | Try it!",
        "i was late. | then it rained. | who knows?",
        "Thanks! :) | see you",
        "Write to <ann@example.org> | Call me.",
        "First part. | *** | The second part.",
        "Best regards, | Anna Berg", "Thanks, Anna. | See you.", "Dear Anna, | The key is here.",
        "Hi, I am late. | Sorry.",
        "Anna Berg | 04/26/2001 07:17 AM | Please read this.",
        "http://example.org/a | http://example.org/b",
        "Mail bob.lee@example.org or see www.example.org/x?y=1. | It works.",
        "Version 2.0.1 is out. | Get it at v2.example.com today.",
        "It cost $3.50. | We paid 1,200.00 in all.",
    ])
    func `text of the web is cut where its lines were`(_ text: String) { check(text) }

    @Test(arguments: [
        "1. Mix it. | 2. Bake it.", "1) Mix it | 2) Bake it | 3) Eat it",
        "a. Flour here | b. Salt there", "• Flour | • Salt | • Water",
        "1. Mix the flour | 2. Bake the bread | 3. Eat it",
        "1.) Mix flour | 2.) Bake bread", "I. The house | II. The garden",
        "iv. The fourth one. | It is last.", "(a) the first and (b) the second",
        "We offer 1) bread and 2) milk. | Come in.",
    ])
    func `list marks stay with their item and the next item begins a sentence`(_ text: String) {
        check(text)
    }

    @Test(arguments: [
        "“But I thought—” | The door slammed. | “Go on.”", "\"I only meant--\" | He stopped. | \"Well?\"",
        "“Wait—” cried Anna Berg. | “Not that—” Anna Berg cried.", "He said--\"The end\"--and left.",
        "She called, “Wait! Wait!” but the bus left. | It rained.",
        "He shouted, \"Stop! Thief!\" and ran. | \"Stop! | Thief!\" | He ran.",
        "“Stop!” he cried. | “Thief! | Thief!”", "He asked, \"Ready? | Set?\" | She nodded.",
        "Still, ‘sage … clears the eyes. It grows on the boys’ walls’ (Vol. 2). | It is bitter.",
        "'Oh,' said Kay, 'after all that, I am tired! Let me be!' | He left. | It's the boys' own. | They know.",
        "She wrote, 'It is late. | Come home.' | He came.",
    ])
    func `a quotation in the midst of a sentence ends it or does not`(_ text: String) { check(text) }

    @Test(arguments: [
        "We won! 🎉🎉 | See you soon. 😂 | Bye", "So tired 😴 | Who else is up? | Me 🙋",
        "Great day 😂 😂 | Thank you all ❤️", "🔥 New prices 🔥 Old taste", "I like 🍕 Fridays and 😀, they say.",
        "That was odd... 😬 | Never again!",
    ])
    func `pictures end sentences as smileys do`(_ text: String) { check(text) }

    @Test func `items behind wide gaps are sentences of their own`() {
        let text = Array("Buy these:     - Flour here     - Salt".utf8)
        #expect(SentenceSplitter().sentences(in: text, 0..<text.count).count == 3)
    }

    @Test func `a space that was left out after a stop is seen`() {
        func split(_ text: String) -> Int {
            SentenceSplitter().sentences(in: Array(text.utf8), 0..<text.utf8.count).count
        }
        #expect(split("It was late.Nobody came.") == 2)
        #expect(split("Was it late?Nobody came.") == 2)
        #expect(split("See example.Com for more.") == 1 || split("See main.Swift there.") == 2)
        #expect(split("Use node.js or ASP.NET here.") == 1)
        #expect(split("The file a/b.Then is open.") == 1)
    }
}
