package dingtalk

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnswersAreReadWhicheverWayTheirNumbersAreWritten(t *testing.T) {
	var said robotSaid
	require.NoError(t, readAnswer([]byte(`{"processQueryKey":4711,"invalidStaffIdList":[42,"a"],"flowControlledStaffIdList":null,"filteredStaffIdList":[]}`), &said))
	require.Equal(t, robotSaid{Key: "4711", Invalid: []string{"42", "a"}, Filtered: []string{}}, said)

	var token struct {
		Life int64 `json:"expireIn"`
	}
	require.NoError(t, readAnswer([]byte(`{"expireIn":" 7200"}`), &token))
	require.EqualValues(t, 7200, token.Life)
	require.Error(t, readAnswer([]byte(`{"expireIn":"soon"}`), &token))
	require.Error(t, readAnswer([]byte(`{"expireIn":`), &token))

	var card dealt
	require.NoError(t, readAnswer([]byte(`{"success":"True","result":{"deliverResults":[{"spaceId":42,"success":1},{"success":"false"}]}}`), &card))
	require.True(t, *card.Success)
	require.Equal(t, "42", card.Result.Deliver[0].SpaceID)
	require.True(t, card.Result.Deliver[0].Success)
	require.False(t, card.Result.Deliver[1].Success)

	var raw struct {
		Any  json.RawMessage   `json:"any"`
		Map  map[string]string `json:"map"`
		Text string            `json:"text"`
	}
	require.NoError(t, readAnswer([]byte(`{"any":[1],"map":{"k":404},"text":" kept "}`), &raw))
	require.Equal(t, "[1]", string(raw.Any))
	require.Equal(t, map[string]string{"k": "404"}, raw.Map)
	require.Equal(t, " kept ", raw.Text)
}
