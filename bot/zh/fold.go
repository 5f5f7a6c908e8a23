package zh

import "strings"

// Span is where in a text something was read: the bytes From up to but without To.
type Span struct{ From, To int }

// In is the piece of text that the span covers.
func (s Span) In(text string) string { return text[s.From:s.To] }

// Fold makes full-width letters, digits and punctuation half-width and the
// ideographic space a space, and trims spaces at both ends. It is for comparing
// texts; the positions of the result are not those of s.
func Fold(s string) string { return strings.TrimSpace(strings.Map(width, s)) }

// width folds one rune to half width.
func width(r rune) rune {
	switch {
	case r >= '\uff01' && r <= '\uff5e':
		return r - 0xFEE0
	case r == '\u3000' || r == '\u00a0':
		return ' '
	case r == '\uffe5':
		return '¥'
	}
	return r
}

// traditional holds the traditional forms of the characters this package looks
// for, each before its simplified form, and the formal digits' variants.
const traditional = "弌一弍二弎三弐贰壱壹叅叁萬万億亿兩两點点號号個个塊块圓圆幾几餘余來来時时週周後后現现剛刚張张雙双條条戶户臺台" +
	"噸吨貳贰參叁叄叁陸陆間间場场約约將将過过負负禮礼從从內内達达無无沒没對对錢钱傳传鐘钟單单處处隻只輛辆" +
	"發发組组頭头雞鸡國国淩凌晝昼準准開开節节當当還还這这農农曆历臘腊陰阴慶庆閏闰動动勞劳閩闽滬沪魯鲁遼辽蘇苏貴贵粵粤雲云瓊琼陝陕贛赣寧宁專专鎮镇鄉乡風风鳳凤標标註注報报進进線线幫帮會会題题辦办認认確确錯错"
