package wecom

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
)

func TestAPrivateDeploymentsAuthorityIsTrustedOnlyIfItIsNamed(t *testing.T) {
	w := newWorld(t)
	private := httptest.NewTLSServer(w.server)
	defer private.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: private.Certificate().Raw}), 0o600))

	_, err := w.replica(func(o *Options) { o.APIBase = private.URL }).Send(t.Context(), parcel(1, "a", "在"))
	require.Equal(t, bot.NotSent, failure(t, err).Fate)
	require.ErrorContains(t, err, "certificate")
	_, err = w.replica(func(o *Options) { o.APIBase, o.CAFile = private.URL, file }).Send(t.Context(), parcel(1, "a", "在"))
	require.NoError(t, err)
	require.Equal(t, []string{"在"}, w.server.Texts("a"))
}
