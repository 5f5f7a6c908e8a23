package dingtalk

import "fmt"

// Group is a group of the campaign as DingTalk knows it.
type Group struct {
	Name         string // as the campaign calls it
	Conversation string // its openConversationId, such as cidJ8k4…=; case matters; "" = the robot is not in it
	Webhook      string // of a custom robot (群自定义机器人) in it; "" = none
	Secret       string // with which that robot's requests are signed (加签); "" = they are not
}

// groups are the configured groups, both ways. It does not change.
type groups struct {
	byName         map[string]Group
	byConversation map[string]string // the group's name
}

// newGroups refuses what is ambiguous.
func newGroups(list []Group) (groups, error) {
	g := groups{map[string]Group{}, map[string]string{}}
	for i, one := range list {
		if one.Name == "" {
			return g, wrong(fmt.Sprintf("Groups[%d]", i), "it has no name")
		}
		if _, twice := g.byName[one.Name]; twice {
			return g, wrong(fmt.Sprintf("Groups[%d]", i), "there are two of the name %q", one.Name)
		}
		if other, taken := g.byConversation[one.Conversation]; taken && one.Conversation != "" {
			return g, wrong(fmt.Sprintf("Groups[%d]", i), "the conversation of %q is taken by %q", one.Name, other)
		}
		g.byName[one.Name] = one
		if one.Conversation != "" {
			g.byConversation[one.Conversation] = one.Name
		}
	}
	return g, nil
}

// named is a group by its name.
func (g groups) named(name string) (Group, bool) { one, ok := g.byName[name]; return one, ok }

// of is the name of the group whose conversation this is.
func (g groups) of(conversation string) (name string, ok bool) {
	name, ok = g.byConversation[conversation]
	return name, ok
}
