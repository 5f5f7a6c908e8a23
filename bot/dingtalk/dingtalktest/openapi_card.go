package dingtalktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// The paths of cards.
const (
	DealPath   = "/v1.0/card/instances/createAndDeliver"
	ChangePath = "/v1.0/card/instances"
)

// CardScope is the permission to send cards.
const CardScope = "Card.Instance.Write"

// Card is an interactive card: its variables, as one person sees them.
type Card struct {
	Track, Template, Callback string
	Values                    map[string]string
}

// cards are those that there are, by outTrackId.
type cards struct {
	of      map[string]*card
	refused map[string]string // why a card cannot be delivered to somebody
}

type card struct {
	template, callback string
	values             map[string]string
	private            map[string]map[string]string
}

func (c *cards) open() { *c = cards{of: map[string]*card{}, refused: map[string]string{}} }

// RefuseCard lets no card be delivered to a person, for a reason ("" = again).
func (s *Server) RefuseCard(user, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cards.refused[user] = why
}

// CardOf is a card as a person sees it now.
func (s *Server) CardOf(track, user string) (Card, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards.of[track]
	if c == nil {
		return Card{}, false
	}
	out := Card{Track: track, Template: c.template, Callback: c.callback, Values: maps.Clone(c.values)}
	maps.Copy(out.Values, c.private[user])
	return out, true
}

// cardCall is the body of both calls.
type cardCall struct {
	UserIDType                int `json:"userIdType"`
	CardTemplateID            string
	OutTrackID                string
	CallbackType, OpenSpaceID string
	CardData                  cardData
	PrivateData               map[string]cardData
	ImRobotOpenDeliverModel   *struct{ SpaceType, RobotCode string }
	ImGroupOpenDeliverModel   *struct{ RobotCode string }
	CardUpdateOptions         struct{ UpdateCardDataByKey, UpdatePrivateDataByKey bool }
}

type cardData struct {
	CardParamMap map[string]json.RawMessage
}

// texts are variables; ok is false if one is no text, or too long.
func (d cardData) texts() (out map[string]string, ok bool) {
	out = map[string]string{}
	for k, v := range d.CardParamMap {
		var s string
		if json.Unmarshal(v, &s) != nil || len(k) > 100 || len(s) > 1024 {
			return nil, false
		}
		out[k] = s
	}
	return out, true
}

func (s *Server) cardDuties() {
	s.Serve("POST", DealPath, s.New(CardScope, s.deal))
	s.Serve("PUT", ChangePath, s.New(CardScope, s.change))
}

func (s *Server) deal(c Call) Answer {
	var in cardCall
	if !c.Into(&in) || in.OutTrackID == "" || in.UserIDType != 1 {
		return fail(400, "param.error", "outTrackId")
	}
	values, ok := in.CardData.texts()
	switch {
	case in.CardTemplateID != s.o.Template || s.o.Template == "":
		return fail(400, "param.templateNotExist", "cardTemplateId")
	case !ok:
		return fail(400, "param.error", "cardParamMap")
	case s.cards.of[in.OutTrackID] != nil: // a guess
		return fail(400, "param.outTrackId.duplicate", "outTrackId")
	}
	made := &card{in.CardTemplateID, in.CallbackType, values, map[string]map[string]string{}}
	results := []map[string]any{}
	for space := range strings.SplitSeq(in.OpenSpaceID, ";") {
		user, private := strings.CutPrefix(space, "dtv1.card//IM_ROBOT.")
		why := s.cards.refused[user]
		switch {
		case !private || in.ImRobotOpenDeliverModel == nil || in.ImRobotOpenDeliverModel.RobotCode != s.o.RobotCode:
			why = "spaceModel"
		case !s.known(user):
			why = "user is not exist"
		}
		results = append(results, map[string]any{"spaceId": user, "spaceType": "IM_ROBOT", "success": why == "", "carrierId": "c1", "errorMsg": why})
		if why == "" {
			s.cards.of[in.OutTrackID] = made
			s.chats.persons[user] = append(s.chats.persons[user], Shown{Kind: "card", Ref: in.OutTrackID, When: s.o.Now(), Card: &Card{Track: in.OutTrackID}})
		}
	}
	return yes(map[string]any{"success": true, "result": map[string]any{"outTrackId": in.OutTrackID, "deliverResults": results}})
}

func (s *Server) change(c Call) Answer {
	var in cardCall
	if !c.Into(&in) || s.cards.of[in.OutTrackID] == nil {
		return fail(400, "param.outTrackId.notExist", "outTrackId")
	}
	made := s.cards.of[in.OutTrackID]
	values, ok := in.CardData.texts()
	if !ok {
		return fail(400, "param.error", "cardParamMap")
	}
	if len(values) > 0 && !in.CardUpdateOptions.UpdateCardDataByKey {
		clear(made.values)
	}
	maps.Copy(made.values, values)
	for user, data := range in.PrivateData {
		values, ok := data.texts()
		if !ok {
			return fail(400, "param.error", "privateData")
		}
		if made.private[user] == nil || !in.CardUpdateOptions.UpdatePrivateDataByKey {
			made.private[user] = map[string]string{}
		}
		maps.Copy(made.private[user], values)
	}
	return yes(map[string]any{"success": true, "result": true})
}

// Button is a button of a card that can be tapped.
type Button struct{ Label, Tap string }

// Buttons are those that a card shows: by the variables label1, tap1 and so on, none once
// done is there.
func (c Card) Buttons() (out []Button) {
	if c.Values["done"] != "" {
		return nil
	}
	for i := 1; i <= 6; i++ {
		if label := c.Values[fmt.Sprint("label", i)]; label != "" {
			out = append(out, Button{label, c.Values[fmt.Sprint("tap", i)]})
		}
	}
	return out
}
