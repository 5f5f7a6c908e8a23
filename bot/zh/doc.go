// Package zh reads Chinese as people type it on a phone: numbers, money, dates
// and times, phones and codes, links, yes and no. Exactly or not at all: a wrong
// reading is worse than a question, so where a text could mean two things
// either nothing is read or the reading says so ([Bound], [When.Also],
// [Money.Bare]), and what only looks like a number (一律, 统一, 三七, 〔2024〕3号,
// a phone, a plate) is not read as one.
//
// Everything here is a pure function of its arguments: no clock, no network, no
// configuration. Whoever wants "yesterday" passes the moment it was said, whoever
// wants 节后第二天 a calendar ([Workdays]), and whoever wants the names of units,
// townships or figures the campaign's own ([Vocabulary]). The fields of a form and
// the labelled figures of a table are read by package dialog with the help of this
// one, because what they mean depends on what was said before.
//
// There is a function for each kind of reading ([Numbers], [Dates], [Plates] …),
// and a method of the same name on [Line], which prepares a text once for all
// of them. Who wants only one thing calls the function; who fills a form from
// a line calls [Read] and then its methods.
//
// Each reading carries its [Span] in the text as it was typed, so that a card
// can show what was read as what, and no two readings of a kind use the same
// characters.
//
// How it works: a text becomes a [Line] of runes, folded one for one to half
// width and simplified characters, so positions never move. Small scanners read
// at a position and say where they stopped; there are no regular expressions and
// no backtracking beyond one reading, so time grows with the length of the text.
//
// What makes it quick (BenchmarkLead measures it: some five microseconds for
// all that a lead needs of a line, an eighth of what separate readers took):
// nearly every character begins nothing, and a table by rune says so in one load;
// most that could are settled by the next one; what numbers,
// money and dates have in common is found once; words are found by their first
// rune in a flat table rather than a map; and a usual line is one allocation,
// its scratch room included.
package zh
