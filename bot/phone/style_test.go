package phone

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Text is readable in both schemes: WCAG AA asks 4.5:1.
func TestContrast(t *testing.T) {
	source, err := web.ReadFile("web/static/phone.css")
	require.NoError(t, err)
	light, rest, _ := strings.Cut(string(source), "@media (prefers-color-scheme: dark)")
	dark, _, _ := strings.Cut(rest, "* {")
	pairs := [][2]string{{"ink", "page"}, {"ink", "paper"}, {"ink", "bar"}, {"ink", "mine"}, {"ink", "pale"}, {"ink", "press"},
		{"soft", "page"}, {"soft", "paper"}, {"soft", "bar"}, {"soft", "desk"}, {"soft", "press"}, {"soft", "pale"},
		{"blue", "paper"}, {"blue", "page"}, {"blue", "bar"}, {"blue", "mine"}, {"blue", "pale"},
		{"on-blue", "blue"}, {"red", "page"}, {"on-red", "red"}, {"page", "ink"}}
	for scheme, text := range map[string]string{"light": light, "dark": dark} {
		colours := make(map[string]string)
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]+);`).FindAllStringSubmatch(text, -1) {
			colours[m[1]] = m[2]
		}
		for _, pair := range pairs {
			a, b := luminance(t, colours[pair[0]]), luminance(t, colours[pair[1]])
			ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05)
			require.GreaterOrEqual(t, ratio, 4.5, "%s: %s on %s", scheme, pair[0], pair[1])
		}
	}
}

// luminance is the relative luminance of a colour, by WCAG's formula.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	require.Len(t, hex, 6)
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		require.NoError(t, err)
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
