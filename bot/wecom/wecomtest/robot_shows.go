package wecomtest

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// show shows a message in a conversation, within its limits.
func (s *Robot) show(cmd, chat string, m sent) no {
	out := RobotShown{Cmd: cmd, Kind: m.Kind, At: s.o.Now()}
	switch {
	case m.Kind == "markdown" && m.Markdown != nil:
		out.Raw = m.Markdown.Content
	case m.Kind == "text" && m.Text != nil && cmd == "aibot_respond_welcome_msg":
		out.Raw = m.Text.Content
	case m.Kind == "template_card" && m.Card != nil:
		if bad := s.card(*m.Card); bad != yes {
			return bad
		}
		out.Card, out.Raw = m.Card, m.Card.Text
	default:
		file := map[string]*mediaID{"image": m.Image, "file": m.File, "voice": m.Voice, "video": m.Video}[m.Kind]
		if file == nil {
			return no{40008, "invalid message type"}
		}
		up, ok := s.media[file.ID]
		if !ok || up.Type != m.Kind || !s.o.Now().Before(up.At.Add(mediaLife)) {
			return no{40007, "invalid media_id"}
		}
		out.Media, out.Name = file.ID, up.Name
	}
	switch {
	case out.Media == "" && out.Card == nil && strings.TrimSpace(out.Raw) == "":
		return no{44004, "text content is empty"}
	case len(out.Raw) > longestMarkdown:
		return no{45002, "content size out of limit"}
	case !utf8.ValidString(out.Raw):
		return no{40035, "invalid utf8"}
	case !s.within(chat):
		return no{846607, "aibot send msg frequency limit exceeded"}
	}
	out.Text = Plain(out.Raw)
	if m.Kind == "text" || out.Card != nil {
		out.Text = out.Raw
	}
	if out.Card != nil && out.Card.Task != "" {
		s.tasks[out.Card.Task] = true
	}
	s.shown[chat] = append(s.shown[chat], out)
	return yes
}

// within counts one message of a conversation.
func (s *Robot) within(chat string) bool {
	now := s.o.Now()
	var hour []time.Time
	minute := 0
	for _, t := range s.paces[chat] {
		if now.Sub(t) < time.Hour {
			hour = append(hour, t)
		}
		if now.Sub(t) < time.Minute {
			minute++
		}
	}
	if s.o.PerMinute > 0 && minute >= s.o.PerMinute || s.o.PerHour > 0 && len(hour) >= s.o.PerHour {
		s.paces[chat] = hour
		return false
	}
	s.paces[chat] = append(hour, now)
	return true
}

// card refuses a card as WeCom does.
func (s *Robot) card(c RobotCard) no {
	if c.Title.Title == "" && c.Text == "" {
		return no{40058, "main_title.title or sub_title_text required"}
	}
	switch c.Kind {
	case "text_notice", "news_notice":
		if c.Action == nil || c.Action.URL == "" {
			return no{42045, "missing card_action"}
		}
	case "button_interaction":
		keys := map[string]bool{}
		for _, b := range c.Buttons {
			if b.Text == "" || b.Key == "" || len(b.Key) > 1024 || keys[b.Key] || b.Style < 0 || b.Style > 4 {
				return no{40058, "invalid button"}
			}
			keys[b.Key] = true
		}
		bad := c.Task == "" || len(c.Task) > 128 || s.tasks[c.Task] ||
			strings.Trim(c.Task, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-@") != ""
		if bad {
			return no{40058, "invalid task_id"}
		}
		if len(c.Buttons) < 1 || len(c.Buttons) > 6 {
			return no{40058, fmt.Sprintf("%d buttons", len(c.Buttons))}
		}
	case "vote_interaction", "multiple_interaction":
	default:
		return no{40058, "invalid card_type"}
	}
	return yes
}
