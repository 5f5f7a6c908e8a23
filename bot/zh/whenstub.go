package zh

func (l *line) whenEnd(i int) int { return i }
