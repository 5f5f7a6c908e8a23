package wecom

import "zhuanban/bot"

// longestRef is how long a MediaId may be; WeCom's have less than a hundred bytes.
const longestRef = 1024

// enclosed is what a photo, voice note, video or file of a member's comes to: its
// bytes are still at WeCom, for three days, under its MediaId. nil if the message is of
// another kind, or names nothing.
func enclosed(d *document) []bot.Attachment {
	var a bot.Attachment
	switch string(d.value[fMsgType]) {
	case "image":
		a.Kind = bot.Photo
	case "voice": // without its words: only the smart robot brings them
		a.Kind = bot.Voice
	case "video":
		a.Kind = bot.Video
	case "file": // not on the page of messages, but sent
		a.Kind, a.Name = bot.File, value(d, fFileName)
	default:
		return nil
	}
	if a.Ref = value(d, fMediaID); a.Ref == "" || len(a.Ref) > longestRef {
		return nil
	}
	return []bot.Attachment{a}
}
