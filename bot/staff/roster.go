package staff

import (
	"maps"
	"slices"
	"strings"

	"zhuanban/bot"
	"zhuanban/store"
)

// roster is who is there, by the configuration and by what was learned.
func roster(config *bot.Roster, rules Rules, rows map[string]store.Member) *bot.Roster {
	now := names(rows)
	var people, former []bot.Person
	taken := map[string]bool{}
	renamed := map[string]string{}
	for _, p := range config.People {
		account := strings.ToLower(p.Account)
		taken[account] = true
		row, told := rows[account]
		next, moved := now[account]
		switch {
		case moved && rows[next].Active:
			former = append(former, p)
			renamed[p.Account], p.Account, taken[next] = next, next, true
			people = append(people, p)
		case told && !row.Active:
			former = append(former, p)
		default:
			people = append(people, p)
		}
	}
	for _, account := range slices.Sorted(maps.Keys(rows)) {
		m := rows[account]
		if taken[account] {
			continue
		}
		p := bot.Person{Account: account, Name: m.Name, Unit: m.Unit, Role: bot.Role(m.Role)}
		if p.Name == "" {
			p.Name = account
		}
		_, known := config.Unit(m.Unit)
		switch {
		case !m.Active:
			former = append(former, p)
		case known && len(rules.Departments) > 0 && slices.Contains(rank, p.Role):
			people = append(people, p)
		}
	}
	for i, p := range people {
		if next, ok := renamed[p.Deputy]; ok {
			people[i].Deputy = next
		}
	}
	return bot.NewRoster(people, config.Units, groups(config, renamed, former), former...).Renamed(renamed)
}

// groups are the groups without those who have left, and with the new names of the
// renamed. A group that has nobody left keeps them: an empty list means everybody.
func groups(config *bot.Roster, renamed map[string]string, former []bot.Person) []bot.Group {
	out := slices.Clone(config.Groups)
	for i, g := range out {
		var members []string
		for _, m := range g.Members {
			if next, ok := renamed[m]; ok {
				members = append(members, next)
			} else if !slices.ContainsFunc(former, func(p bot.Person) bool { return p.Account == m }) {
				members = append(members, m)
			}
		}
		if len(members) > 0 {
			out[i].Members = members
		}
	}
	return out
}

// names gives the last name of each account that was renamed, once or more often.
func names(rows map[string]store.Member) map[string]string {
	next := map[string]string{}
	for account, m := range rows {
		if m.Formerly != "" {
			next[m.Formerly] = account
		}
	}
	for first, last := range next {
		for range deepest {
			further, ok := next[last]
			if !ok || further == first {
				break
			}
			last = further
		}
		next[first] = last
	}
	return next
}

// configured says whether an account is a person of the configuration, under this or
// an earlier name.
func configured(config *bot.Roster, rows map[string]store.Member, account string) bool {
	for range deepest {
		if _, ok := config.Person(account); ok {
			return true
		}
		m, ok := rows[account]
		if !ok || m.Formerly == "" {
			return false
		}
		account = m.Formerly
	}
	return false
}
