package dingtalk

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGroupsAreFoundByNameAndByConversation(t *testing.T) {
	g, err := newGroups([]Group{{Name: "专班工作群", Conversation: "cidA="}, {Name: "通报群", Webhook: "https://oapi.dingtalk.com/robot/send?access_token=x"}, {Name: "还没有建"}})
	require.NoError(t, err)
	one, ok := g.named("专班工作群")
	require.True(t, ok)
	require.Equal(t, "cidA=", one.Conversation)
	name, ok := g.of("cidA=")
	require.True(t, ok)
	require.Equal(t, "专班工作群", name)
	for _, other := range []string{"", "cida=", "cidB="} { // case matters
		_, ok = g.of(other)
		require.False(t, ok, other)
	}
	_, ok = g.named("没有的群")
	require.False(t, ok)
}

func TestAmbiguousGroupsAreRefused(t *testing.T) {
	for want, list := range map[string][]Group{
		"Groups[0]: it has no name":                              {{Conversation: "cidA="}},
		"Groups[1]: there are two of the name \"甲\"":             {{Name: "甲"}, {Name: "甲"}},
		"Groups[1]: the conversation of \"乙\" is taken by \"甲\"": {{Name: "甲", Conversation: "cidA="}, {Name: "乙", Conversation: "cidA="}},
	} {
		_, err := newGroups(list)
		require.EqualError(t, err, want)
	}
}
