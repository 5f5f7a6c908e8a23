package wecom

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/wecom/wecomtest"
)

// reference is the same document for encoding/xml.
type reference struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   string
	AgentID      string
	Encrypt      string
	FromUserName string
	CreateTime   string
	MsgType      string
	MsgID        string `xml:"MsgId"`
	Content      string
	Event        string
	EventKey     string
	TaskID       string `xml:"TaskId"`
	ResponseCode string
	Title        string
	URL          string `xml:"Url"`
	LocationX    string `xml:"Location_X"`
	LocationY    string `xml:"Location_Y"`
	Label        string
	MediaID      string `xml:"MediaId"`
	FileName     string
	ChangeType   string
	UserID       string
	NewUserID    string
	Status       string
	Items        []struct {
		Question string   `xml:"QuestionKey"`
		Options  []string `xml:"OptionIds>OptionId"`
	} `xml:"SelectedItems>SelectedItem"`
}

func (r reference) values() [fields]string {
	return [fields]string{r.ToUserName, r.AgentID, r.Encrypt, r.FromUserName, r.CreateTime, r.MsgType, r.MsgID, r.Content,
		r.Event, r.EventKey, r.TaskID, r.ResponseCode, r.Title, r.URL, r.LocationX, r.LocationY, r.Label, r.MediaID, r.FileName, r.ChangeType, r.UserID, r.NewUserID, r.Status}
}

const twoLists = "<SelectedItems><SelectedItem><QuestionKey><![CDATA[q1]]></QuestionKey><OptionIds><OptionId><![CDATA[o1]]></OptionId><OptionId><![CDATA[o2]]></OptionId></OptionIds></SelectedItem>" +
	"<SelectedItem><QuestionKey><![CDATA[q2]]></QuestionKey><OptionIds><OptionId><![CDATA[o]]]]><![CDATA[>3]]></OptionId></OptionIds></SelectedItem></SelectedItems>"

const cardEvent = `<xml><ToUserName><![CDATA[toUser]]></ToUserName><FromUserName><![CDATA[FromUser]]></FromUserName><CreateTime>123456789</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[template_card_event]]></Event><EventKey><![CDATA[key111]]></EventKey><TaskId><![CDATA[taskid111]]></TaskId><CardType><![CDATA[text_notice]]></CardType><ResponseCode><![CDATA[ResponseCode]]></ResponseCode><AgentID>1</AgentID><SelectedItems><SelectedItem><QuestionKey><![CDATA[QuestionKey1]]></QuestionKey><OptionIds><OptionId><![CDATA[OptionId1]]></OptionId><OptionId><![CDATA[OptionId2]]></OptionId></OptionIds></SelectedItem></SelectedItems></xml>`

func TestDocumentsAreReadAsEncodingXMLDoes(t *testing.T) {
	for name, text := range map[string]string{
		"official text":             wecomtest.Vectors[1].Plain,
		"without CDATA":             wecomtest.Vectors[3].Plain,
		"online tool":               wecomtest.Vectors[6].Plain,
		"a card's event, nested":    cardEvent,
		"envelope":                  "<xml><ToUserName><![CDATA[ww1]]></ToUserName>\n<Encrypt><![CDATA[abc+/==]]></Encrypt>\n<AgentID><![CDATA[218]]></AgentID>\n</xml>\n",
		"CDATA in pieces":           "<xml><Content><![CDATA[a]]]]><![CDATA[>b]]></Content></xml>",
		"text around CDATA":         "<xml><Content> a <![CDATA[<b>]]> c &amp; d</Content></xml>",
		"entities":                  "<xml><Content>&lt;&gt;&amp;&apos;&quot;&#65;&#x4e2d;&#10;</Content></xml>",
		"line ends":                 "<xml><Content>a\r\nb\rc</Content><Label><![CDATA[\r\n\r]]></Label></xml>",
		"empty values":              "<xml><Content></Content><EventKey><![CDATA[]]></EventKey></xml>",
		"no values":                 "<xml></xml>",
		"nothing at all":            "<xml/>",
		"empty tags":                "<xml><Content/><EventKey /><New/><New><A/>1<B\n/></New><MsgId>1</MsgId></xml>",
		"empty tags in lists":       "<xml><SelectedItems><SelectedItem><QuestionKey/><OptionIds><OptionId/><OptionId>a</OptionId></OptionIds></SelectedItem></SelectedItems></xml>",
		"an empty list":             "<xml><SelectedItems/><Content>1</Content></xml>",
		"a prolog":                  "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<xml><Content>1</Content></xml>",
		"a prolog of another hand":  " <?xml version='1.0' encoding='utf-8'?><xml><Content>1</Content></xml>",
		"unknown elements":          "<xml><New><A>1</A>x<A><B></B></A></New><Content>1</Content></xml>",
		"a change of the directory": "<xml><FromUserName><![CDATA[sys]]></FromUserName><ChangeType><![CDATA[update_user]]></ChangeType><UserID>a</UserID><NewUserID>b</NewUserID><Status>1</Status><ExtAttr><Item><Status>x</Status></Item></ExtAttr></xml>",
		"two lists":                 "<xml>" + twoLists + "</xml>",
		"a list's name behind":      "<xml><SelectedItems> <SelectedItem><OptionIds><OptionId>a</OptionId>\n<OptionId>a&amp;b</OptionId></OptionIds><QuestionKey>q</QuestionKey></SelectedItem></SelectedItems></xml>",
		"lists without a choice":    "<xml><SelectedItems><SelectedItem><QuestionKey>q</QuestionKey><OptionIds></OptionIds></SelectedItem></SelectedItems></xml>",
		"lists with news":           "<xml><SelectedItems><New>1</New><SelectedItem><New><A>1</A></New><OptionIds><New>x</New><OptionId>o</OptionId></OptionIds></SelectedItem></SelectedItems></xml>",
	} {
		t.Run(name, func(t *testing.T) {
			var d document
			require.NoError(t, parse([]byte(text), &d))
			agree(t, []byte(text), &d)
		})
	}
}

func agree(t *testing.T, text []byte, d *document) {
	var r reference
	require.NoError(t, xml.Unmarshal(text, &r), "%q", text)
	for f, want := range r.values() {
		require.Equal(t, want, string(d.value[f]), "%q", text)
	}
	var want, got [][2]string
	for _, item := range r.Items {
		for _, option := range item.Options {
			want = append(want, [2]string{item.Question, option})
		}
	}
	for _, c := range d.chosen {
		got = append(got, [2]string{string(c.question), string(c.option)})
	}
	require.Equal(t, want, got, "%q", text)
}

func TestWhatIsNoDocumentOfWeComIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                 "",
		"no XML":                  "hello",
		"JSON":                    `{"encrypt":"abc"}`,
		"another root":            "<html></html>",
		"cut in a tag":            "<xml><Conten",
		"cut in a value":          "<xml><Content>abc",
		"cut in CDATA":            "<xml><Content><![CDATA[abc]]",
		"cut before the end":      "<xml><Content>abc</Content>",
		"wrong end":               "<xml><Content>abc</Contend></xml>",
		"wrong end inside":        "<xml><A><B></A></B></xml>",
		"something behind":        "<xml></xml><xml></xml>",
		"text between":            "<xml>abc<Content>1</Content></xml>",
		"a value twice":           "<xml><MsgId>1</MsgId><MsgId>2</MsgId></xml>",
		"an element in a value":   "<xml><Content>a<b>c</b></Content></xml>",
		"a document type":         "<!DOCTYPE xml [<!ENTITY a \"b\">]><xml><Content>&a;</Content></xml>",
		"an external entity":      "<!DOCTYPE xml [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><xml><Content>&a;</Content></xml>",
		"an entity":               "<xml><Content>&a;</Content></xml>",
		"half an entity":          "<xml><Content>&amp</Content></xml>",
		"a number too large":      "<xml><Content>&#x110000;</Content></xml>",
		"a number that is none":   "<xml><Content>&#0;</Content></xml>",
		"a surrogate":             "<xml><Content>&#xD800;</Content></xml>",
		"an instruction":          "<?php version=\"1.0\"?><xml></xml>",
		"a prolog that is cut":    "<?xml version=\"1.0\"><xml></xml>",
		"a prolog in GBK":         "<?xml version=\"1.0\" encoding=\"GBK\"?><xml></xml>",
		"two prologs":             "<?xml version=\"1.0\"?><?xml version=\"1.0\"?><xml></xml>",
		"a prolog inside":         "<xml><?xml version=\"1.0\"?></xml>",
		"a prolog in a value":     "<xml><Content><?xml version=\"1.0\"?></Content></xml>",
		"a comment":               "<xml><!-- --></xml>",
		"an attribute":            "<xml><Content a=\"b\">1</Content></xml>",
		"a prefix":                "<xml><a:Content>1</a:Content></xml>",
		"an empty tag and an end": "<xml><Content/></Content></xml>",
		"an empty tag twice":      "<xml><Content/><Content/></xml>",
		"half an empty tag":       "<xml><Content/",
		"an empty tag of nothing": "<xml></></xml>",
		"an empty end":            "<xml><Content></Content/></xml>",
		"a blank before the end":  "<xml><Content >1</Content></xml>",
		"the end of CDATA":        "<xml><Content>a]]>b</Content></xml>",
		"deep":                    "<xml>" + strings.Repeat("<a>", 8) + strings.Repeat("</a>", 8) + "</xml>",
		"deeper than memory":      "<xml>" + strings.Repeat("<a>", 300000),
		"many openings":           strings.Repeat("<xml>", 200000),
		"lists twice":             "<xml>" + twoLists + twoLists + "</xml>",
		"a list's name twice":     "<xml><SelectedItems><SelectedItem><QuestionKey>q</QuestionKey><QuestionKey>q</QuestionKey></SelectedItem></SelectedItems></xml>",
		"a choice in a choice":    "<xml><SelectedItems><SelectedItem><OptionIds><OptionId><OptionId>a</OptionId></OptionId></OptionIds></SelectedItem></SelectedItems></xml>",
		"a list cut short":        "<xml><SelectedItems><SelectedItem><OptionIds><OptionId>a</OptionId></SelectedItem></SelectedItems></xml>",
		"too much chosen":         "<xml><SelectedItems><SelectedItem><OptionIds>" + strings.Repeat("<OptionId>a</OptionId>", 65) + "</OptionIds></SelectedItem></SelectedItems></xml>",
		"a billion laughs' start": "<xml><Content>" + strings.Repeat("&lol;", 100000) + "</Content></xml>",
	} {
		t.Run(name, func(t *testing.T) {
			var d document
			require.ErrorIs(t, parse([]byte(text), &d), errXML)
		})
	}
}

// FuzzParse holds this package's reader against encoding/xml: what it takes, that
// takes too, and reads the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{wecomtest.Vectors[1].Plain, wecomtest.Vectors[3].Plain, wecomtest.Vectors[6].Plain, cardEvent, "<xml>" + twoLists + "</xml>", "<xml><Content>a&lt;<![CDATA[b]]]]><![CDATA[>]]>\r\n&#13;</Content><X><Y>1</Y></X></xml>",
		"<xml><!DOCTYPE a></xml>", "<xml><Label>&#x4e2d;]]</Label></xml>", "<?xml version='1.0'?><xml><Content/><X><Y /></X></xml>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var d document
		if parse(bytes.Clone(text), &d) != nil || !characters(text) {
			return
		}
		agree(t, text, &d)
	})
}

// characters says whether a text has only characters that XML allows. Ours leaves
// that to whoever uses a value: members may type anything.
func characters(text []byte) bool {
	for _, r := range string(text) {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return false
		}
	}
	return utf8.Valid(text)
}

func TestAnythingCanBeSaidInAReply(t *testing.T) {
	for said, want := range map[string]string{
		"已收到":                  "已收到",
		"a]]>b":                "a]]>b",
		"]]]]>>]]>":            "]]]]>>]]>",
		"<b>&amp;</b>":         "<b>&amp;</b>",
		"]\x00]\x01>":          "]]>",
		"a\x00\x08b\nc\td\r\n": "ab\nc\td\n",
	} {
		text := append(appendCDATA([]byte("<xml><Content>"), said), "</Content></xml>"...)
		var r reference
		require.NoError(t, xml.Unmarshal(text, &r), "%q", text)
		require.Equal(t, want, r.Content)
		var d document
		require.NoError(t, parse(text, &d))
		require.Equal(t, want, string(d.value[fContent]))
	}
}
