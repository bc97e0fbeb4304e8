"""Official documents on paper and in spreadsheets: PDF by Typst, XLSX by XlsxWriter. It knows no feature: a slice's
template says what stands in a document, this package how a document of a union looks."""
