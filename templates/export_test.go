package templates

// Reference renders with text/template.
func (s *Set) Reference(name string, data any) (Page, error) {
	return reference(s.parsed, name, data)
}
