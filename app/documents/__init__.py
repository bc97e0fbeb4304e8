"""Official documents: PDF by Typst for paper, DOCX by docxtpl for Word, XLSX by XlsxWriter. It knows no feature: a
slice's template says what stands in a document, this package how a document of a union looks."""
