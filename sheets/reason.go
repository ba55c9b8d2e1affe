package sheets

// Reasons lists every Reason a Problem can have, with its code. The words are
// stable: messages are looked up by them.
var Reasons = map[string]string{
	// The file is damaged, incomplete or no document at all.
	"empty":       "F01", // no bytes
	"zeros":       "F01", // only zero bytes: a placeholder, or a copy that lost its content
	"truncated":   "F01", // the end of the zip is missing: half copied
	"zip":         "F01", // the zip's directory contradicts itself
	"crc":         "F01", // an entry does not match its checksum, its length or its packing
	"method":      "F01", // an entry is packed by a method no spreadsheet program uses
	"entryname":   "F01", // an entry's name leads out of the zip, or is no name
	"dupentry":    "F01", // two entries of one name
	"lockfile":    "F01", // the ~$ file that Excel or WPS keeps beside an open workbook
	"appledouble": "F01", // the ._ file that macOS keeps beside a file
	// The zip is whole, but the workbook in it is not.
	"noworkbook":  "F01", // no workbook part
	"missingpart": "F01", // a part that another one names is not there
	"dupsheet":    "F01", // two sheets of one name, or one part used for two sheets
	"doctype":     "F01", // a document type declaration, which workbooks never have
	"encoding":    "F01", // an encoding that workbooks never have
	"utf8":        "F01", // bytes that are no text
	"control":     "F01", // a control character
	"xml":         "F01", // malformed XML
	"xmlcut":      "F01", // the XML ends too early
	"structure":   "F01", // an element where none can be
	"row":         "F01", // a row number that is none; Found tells one that is too large
	"ref":         "F01", // a cell reference that is none
	"cellrow":     "F01", // a cell inside another row than its reference says
	"duprow":      "F01", // a row twice
	"dupcell":     "F01", // a cell twice
	"string":      "F01", // a shared string that is not there
	"celltype":    "F01", // a cell type that is none
	"merge":       "F01", // a merged area that is none
	// An .xls or .et is damaged.
	"compound": "F01", // its container contradicts itself
	"record":   "F01", // a record that cannot be
	// The file has a password.
	"encrypted": "F03",
	// The file is of another format.
	"xls":      "F04", // Excel 95 or older; what came after is read
	"xlsb":     "F04", // Excel binary workbook
	"xml2003":  "F04", // Excel 2003 XML
	"ods":      "F04", // OpenDocument
	"numbers":  "F04", // Apple Numbers
	"html":     "F04", // a web page, often exported by a web system as .xls
	"csv":      "F04", // text in columns
	"text":     "F04", // any other text
	"rtf":      "F04",
	"pdf":      "F04",
	"docx":     "F04",
	"doc":      "F04",
	"pptx":     "F04",
	"ppt":      "F04",
	"picture":  "F04",
	"archive":  "F04", // a packed folder: zip, rar, 7z, gz
	"ole":      "F04", // another OLE document
	"otherxml": "F04",
	"unknown":  "F04",
	// The file is whole but beyond a limit.
	"entries":  "F06",
	"part":     "F06",
	"total":    "F06",
	"ratio":    "F06",
	"depth":    "F06",
	"token":    "F06",
	"rows":     "F06",
	"columns":  "F06",
	"cells":    "F06",
	"merges":   "F06",
	"styles":   "F06",
	"strings":  "F06",
	"longtext": "F06",
}

// trouble makes the Problem for a reason.
func trouble(reason, part string) *Problem {
	return &Problem{Code: Reasons[reason], Reason: reason, Part: part}
}

// beyond makes the Problem for a limit that is passed.
func beyond(reason, part string, found, limit int64) *Problem {
	return &Problem{Code: Reasons[reason], Reason: reason, Part: part, Found: found, Limit: limit}
}
