package seal

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestARefusalIsABareStatusAndOneWarningAMinute(t *testing.T) {
	var log bytes.Buffer
	now := time.Unix(1705626000, 0)
	r := Refusals{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), Wall: func() time.Time { return now },
		Hide: func(s string) string { return strings.ReplaceAll(s, "s3cr3t", "***") }, Of: " of the robot"}
	answer := func(err error) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		r.Answer(rec, httptest.NewRequest(http.MethodPost, "/", nil), err)
		require.Empty(t, rec.Body.String())
		require.Equal(t, "close", rec.Header().Get("Connection"))
		return rec
	}
	for range 3 {
		require.Equal(t, http.StatusForbidden, answer(ErrSignature).Code)
	}
	require.Equal(t, 1, strings.Count(log.String(), "level=WARN"))
	require.Contains(t, log.String(), "a callback of the robot is refused")
	now = now.Add(time.Minute)
	answer(ErrWindow)
	require.Equal(t, 2, strings.Count(log.String(), "level=WARN"))
	require.Equal(t, http.StatusInternalServerError, answer(errors.New("the database said s3cr3t")).Code)
	require.Contains(t, log.String(), "a message of the robot was not handled")
	require.NotContains(t, log.String(), "s3cr3t")
}
