// Package zh reads Chinese as people type it on a phone: numbers, money, dates
// and times, phones and codes, yes and no. Exactly or not at all: a wrong
// reading is worse than a question, so where a text could mean two things
// either nothing is read or the reading says so ([Bound], [When.Also],
// [Money.Bare]), and what only looks like a number (一律, 统一, 三七, 〔2024〕3号,
// a phone) is not read as one.
//
// Everything here is a pure function of its arguments: no clock, no network, no
// configuration. Whoever wants "yesterday" passes the moment it was said.
// Places, goods, and the figures of the weekly table are data of a campaign and
// are read elsewhere, with the help of this package.
//
// Each reading carries its [Span] in the text as it was typed, so that a card
// can show what was read as what, and no two readings use the same characters.
//
// How it works: a text becomes a line of runes, folded one for one to half width
// and simplified characters, so positions never move. Small scanners read at a
// position and say where they stopped; there are no regular expressions and no
// backtracking beyond one reading, so time grows with the length of the text.
// The benchmark measures it: some ten microseconds for a long line.
package zh
