package sheets

// CellLines writes a sheet's cells for the tests outside the package.
var CellLines = cellLines
