package dingtalk

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/dingtalk/dingtalktest"
)

// TestStrangersAreToldOnceInAnHour: they may speak as often as they like, and are nobody.
func TestStrangersAreToldOnceInAnHour(t *testing.T) {
	w := newInside(t)
	now := time.Date(2024, 1, 19, 15, 0, 0, 0, time.UTC)
	for i := range 100 {
		in, err := w.channel.read(dingtalktest.Message{ID: fmt.Sprint("s", i), Text: "开门"}.Body(now), "")
		require.NoError(t, err)
		require.False(t, in.staff)
		say, err := w.channel.receive(t.Context(), in, nil)
		require.NoError(t, err)
		require.Equal(t, i == 0, say != "", i)
	}
}

// TestATapOfAnotherOrganisationIsNobodys: its userId may be that of somebody here.
func TestATapOfAnotherOrganisationIsNobodys(t *testing.T) {
	w := newInside(t)
	tap := func(corp string) error {
		_, err := w.channel.readTap(fmt.Appendf(nil, `{"outTrackId":"o1","userId":"042","corpId":%q,"content":"{\"cardPrivateData\":{\"actionIds\":[\"a\"]}}"}`, corp), time.Time{})
		return err
	}
	require.NoError(t, tap("dingelsewhere"), "nobody has said yet whose the robot is")
	in, err := w.channel.read(dingtalktest.Message{ID: "1", From: "042", Text: "在"}.Body(time.Now()), "")
	require.NoError(t, err)
	require.True(t, in.staff)
	require.NoError(t, tap(dingtalktest.Corp))
	require.NoError(t, tap(""))
	require.Error(t, tap("dingelsewhere"))
}
