// libxml2 built with ICU drags <unicode/*.h> in, whose types clash with those of Foundation's own ICU as soon as one
// program imports both. Only the inside of xmlCharEncodingHandler depends on it, which nobody here looks into.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
