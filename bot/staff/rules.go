package staff

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"zhuanban/bot"
)

// Rules say what the directory's departments and tags mean to the campaign.
type Rules struct {
	Departments map[string]string   // department id → unit
	Tags        map[string]bot.Role // tag id → role
	Role        bot.Role            // of those under no such tag; "" = filer
}

// rank is which role counts of somebody who is under several tags: the first.
var rank = []bot.Role{bot.Chief, bot.DeputyOf, bot.Director, bot.Clerk, bot.Custodian, bot.Admin, bot.Head, bot.Filer}

// deepest is how many departments may be above another, against a circle.
const deepest = 32

// unit is the unit of a member: of the first of their departments that has a meaning
// itself or is below one that has. "" = none, they are not of the campaign.
func (r Rules) unit(m bot.Member, parent map[string]string) string {
	for _, d := range m.Departments {
		for range deepest {
			if unit, ok := r.Departments[d]; ok {
				return unit
			}
			above, ok := parent[d]
			if !ok {
				break
			}
			d = above
		}
	}
	return ""
}

// role is the role of a member.
func (r Rules) role(m bot.Member) bot.Role {
	for _, role := range rank {
		if slices.ContainsFunc(m.Tags, func(tag string) bool { return r.Tags[tag] == role }) {
			return role
		}
	}
	if r.Role == "" {
		return bot.Filer
	}
	return r.Role
}

// tags are the tags that have a meaning.
func (r Rules) tags() []string { return slices.Sorted(maps.Keys(r.Tags)) }

// fingerprint differs where the rules do: other rules are followed at once, not only
// in the next period.
func (r Rules) fingerprint() string {
	text, err := json.Marshal(r) // maps in the order of their keys
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:4])
}
