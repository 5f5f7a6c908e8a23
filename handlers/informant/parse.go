package informant

import (
	"regexp"
	"strings"

	"zhuanban/bot/zh"
)

// Identity is what a message says of an informant.
type Identity struct {
	Name, Phone, Number, Reach string // Number is of the identity card
	Real                       bool   // told by name
	Secret                     bool   // wishes that it is kept secret
	said                       bool   // whether it is told by name, or anonymously
	told                       bool   // a way to reach them was called so
}

// empty says that nothing tells who it is, not even that it is not to be told: other
// words alone are about something else.
func (i Identity) empty() bool {
	return i.Name == "" && i.Phone == "" && i.Number == "" && !i.told && !i.said
}

// fields names the values that there are.
func (i Identity) fields() []string {
	var out []string
	for _, f := range []struct{ label, value string }{{"姓名", i.Name}, {"电话", i.Phone}, {"证件号", i.Number}, {"联系办法", i.Reach}} {
		if f.value != "" {
			out = append(out, f.label)
		}
	}
	return out
}

var (
	labelled  = regexp.MustCompile(`(?m)(姓名|名字|举报人|投诉人|电话号码|联系电话|电话|手机号码|手机号|手机|身份证号码|身份证号|身份证|证件号码|证件号|证件|联系方式|怎么联系|联系办法|地址|住址|微信号|微信|邮箱)\s*[是为::]\s*([^,,;;。\n]*)`)
	notSecret = regexp.MustCompile(`(不|无需|不必|不用|不需|没有?)(要求|需要|用|要)?保密|可以?公开`)
	secret    = regexp.MustCompile(`(要求|希望|需要|请|要)?保密`)
	anonymous = regexp.MustCompile(`匿名(举报)?|不愿?(留名|实名)`)
	real      = regexp.MustCompile(`实名(举报)?`)
	pieces    = regexp.MustCompile(`[,,;;。、\s|/]+`)
	aName     = regexp.MustCompile(`^[\p{Han}·•]{2,12}(先生|女士|同志)?$|^[A-Za-z][A-Za-z .'·-]{1,40}$`)
	noise     = regexp.MustCompile(`^(举报人|投诉人|姓名|名字|电话|手机|手机号|身份证|身份证号|证件号|号码|是|为|要求|另外|还有)+$`)
	noNames   = regexp.MustCompile(`^(举报人|投诉人|姓名|电话|手机|号码|是|为|要求|白天|晚上|上班|下班|方便|联系|可以|打电话|微信|同号|随时)`)
)

// Parse reads a message: labelled values, a phone, a number of an identity card, words
// about the name and secrecy, and of what is left the first that looks like a name.
// Secrecy is what holds unless it is said otherwise; whoever gives a name and does not
// say that it is anonymous has told by name.
func Parse(text string) Identity {
	id := Identity{Secret: true}
	text = zh.Fold(text)
	id.words(&text)
	id.codes(&text)
	text = labelled.ReplaceAllStringFunc(text, func(s string) string {
		m := labelled.FindStringSubmatch(s)
		value := strings.TrimSpace(m[2])
		switch m[1] {
		case "姓名", "名字", "举报人", "投诉人":
			if id.Name == "" {
				id.Name = value
				return " "
			}
		case "电话号码", "联系电话", "电话", "手机号码", "手机号", "手机":
			if id.Phone == "" {
				id.Phone = value
				return " "
			}
		case "身份证号码", "身份证号", "身份证", "证件号码", "证件号", "证件":
			if id.Number == "" {
				id.Number = value
				return " "
			}
		case "微信号", "微信", "邮箱", "地址", "住址":
			value = m[1] + value
		}
		id.told = id.told || value != ""
		id.reach(value)
		return " "
	})
	for _, p := range pieces.Split(text, -1) {
		p = strings.Trim(p, " :")
		switch {
		case p == "" || noise.MatchString(p):
		case id.Name == "" && aName.MatchString(p) && !noNames.MatchString(p):
			id.Name = p
		default:
			id.reach(p)
		}
	}
	id.Real = id.Real || id.Name != "" && !id.said
	return id
}

// words reads what is said about the name and secrecy, and takes it out.
func (i *Identity) words(text *string) {
	take := func(re *regexp.Regexp) bool {
		found := re.MatchString(*text)
		*text = re.ReplaceAllString(*text, " ")
		return found
	}
	if take(notSecret) {
		i.Secret = false
	}
	take(secret)
	if take(anonymous) {
		i.said = true
	}
	if take(real) {
		i.Real, i.said = true, true
	}
}

// codes reads a phone and the number of an identity card, and takes them out. Further
// phones are ways to reach them.
func (i *Identity) codes(text *string) {
	cut := func(s zh.Span) { *text = (*text)[:s.From] + " " + (*text)[s.To:] }
	for _, c := range zh.Identity(*text) {
		i.Number = c.Text
		cut(c.Span)
		break
	}
	for {
		found := zh.Phones(*text)
		if len(found) == 0 {
			return
		}
		if i.Phone == "" {
			i.Phone = found[0].Digits
		} else {
			i.reach(found[0].Digits)
		}
		cut(found[0].Span)
	}
}

func (i *Identity) reach(s string) {
	if s = strings.TrimSpace(s); s != "" {
		i.Reach = strings.TrimSpace(i.Reach + " " + s)
	}
}
