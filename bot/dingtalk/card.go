package dingtalk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"zhuanban/bot"
)

// CardUse says what leaves as an interactive card, where a template is configured.
type CardUse string

// The uses of cards.
const (
	// CardNotices: what nobody has asked for just now. An answer goes as text with numbers
	// to the webhook that came with the question, which costs nothing. "" is the same.
	CardNotices CardUse = "notices"
	CardAlways  CardUse = "always" // answers with buttons, too
	CardNever   CardUse = "never"
)

// Allowed lists the uses, for the configuration's errors.
func (CardUse) Allowed() []string {
	return []string{string(CardNotices), string(CardAlways), string(CardNever)}
}

// checkCards reads what is configured of cards.
func (c *Channel) checkCards() error {
	if c.o.Cards != "" && !slices.Contains(c.o.Cards.Allowed(), string(c.o.Cards)) {
		return wrong("Cards", "%q is none of %s", c.o.Cards, strings.Join(c.o.Cards.Allowed(), ", "))
	}
	for name, id := range map[string]string{"CardTemplate": c.o.CardTemplate, "FormTemplate": c.o.FormTemplate, "CardRoute": c.o.CardRoute} {
		if strings.ContainsAny(id, " \t\r\n") {
			return wrong(name, "it has blanks in it; a template's id, such as 1a2b….schema, is on its page in the card platform")
		}
	}
	return nil
}

const (
	dealPath   = "/v1.0/card/instances/createAndDeliver"
	changePath = "/v1.0/card/instances"
)

// The sizes of a card's variables, as careful programs keep to them.
const (
	longestVariable = 100  // bytes of a name
	longestValue    = 1024 // bytes of a value
)

// variables are those of a card's template; all values are texts.
type variables map[string]string

func (v variables) check() error {
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if len(name) > longestVariable || len(v[name]) > longestValue {
			return fmt.Errorf("the variable %s: %d bytes, where %d are the most", name, len(v[name]), longestValue)
		}
	}
	return nil
}

// filled is how variables stand in a request.
type filled struct {
	Values variables `json:"cardParamMap"`
}

// dealing is the body of createAndDeliver: one card in one space or several.
type dealing struct {
	UserIDType int            `json:"userIdType"` // 1 = userIds
	Template   string         `json:"cardTemplateId"`
	Track      string         `json:"outTrackId"`
	Callback   string         `json:"callbackType"`
	Route      string         `json:"callbackRouteKey,omitempty"`
	Data       filled         `json:"cardData"`
	Space      string         `json:"openSpaceId"`
	Robot      *space         `json:"imRobotOpenSpaceModel,omitempty"`
	ToRobot    *robotDelivery `json:"imRobotOpenDeliverModel,omitempty"`
}

// space is how the card looks in a list of chats.
type space struct {
	SupportForward bool         `json:"supportForward"`
	LastMessage    *lastMessage `json:"lastMessageI18n,omitempty"`
	Notification   *alert       `json:"notification,omitempty"`
}

type lastMessage struct {
	Chinese string `json:"ZH_CN"`
}

type alert struct {
	Content string `json:"alertContent"`
	Off     bool   `json:"notificationOff"`
}

type robotDelivery struct {
	Space     string `json:"spaceType"`
	RobotCode string `json:"robotCode"`
}

// dealt is what is said of a call that was taken. Whether a card is where it should be
// is said for each space.
type dealt struct {
	Success *bool `json:"success"`
	Result  struct {
		Track   string `json:"outTrackId"`
		Deliver []struct {
			SpaceID string `json:"spaceId"`
			Success bool   `json:"success"`
			Why     string `json:"errorMsg"`
		} `json:"deliverResults"`
	} `json:"result"`
}

const privateSpace = "dtv1.card//IM_ROBOT."

// trackOf names a parcel's card: the same one at every try. A card that is many people's
// has another beginning: what one of them does with it must not show at the others.
func trackOf(id int64, many bool) string {
	if many {
		return manyTrack + strconv.FormatInt(id, 10)
	}
	return oneTrack + strconv.FormatInt(id, 10)
}

const (
	oneTrack  = "zhuanban-"
	manyTrack = "zhuanban-all-"
)

// dealTo delivers one card to the private chats of some persons; the outcomes are
// theirs, in order.
func (c *Channel) dealTo(ctx context.Context, users []string, template, track, shown string, v variables) []bot.Outcome {
	out := make([]bot.Outcome, len(users))
	spaces := make([]string, len(users))
	for i, user := range users {
		spaces[i] = privateSpace + user
	}
	err := v.check()
	if err != nil {
		err = refuse(bot.BadContent, err.Error())
	}
	var said dealt
	if err == nil {
		in := c.dealingOf(template, track, v)
		in.Space = strings.Join(spaces, ";")
		in.Robot = &space{LastMessage: &lastMessage{shown}, Notification: &alert{Content: shown}}
		in.ToRobot = &robotDelivery{Space: "IM_ROBOT", RobotCode: c.o.RobotCode}
		err = c.api(ctx, http.MethodPost, dealPath, nil, in, &said)
	}
	for i, user := range users {
		if out[i].Err = err; err == nil {
			out[i] = bot.Outcome{Receipt: bot.Receipt{Ref: cardRef(track)}, Err: c.missed(said, user, i, len(users))}
		}
	}
	return out
}

func (c *Channel) dealingOf(template, track string, v variables) dealing {
	out := dealing{UserIDType: 1, Template: template, Track: track, Callback: "STREAM", Data: filled{v}}
	if c.o.Mode == HTTP {
		out.Callback, out.Route = "HTTP", c.o.CardRoute
	}
	return out
}

// missed is why a card that was made is not where it should be; nil = it is.
func (c *Channel) missed(said dealt, user string, i, of int) error {
	r := request{path: dealPath}
	if said.Success != nil && !*said.Success {
		return c.failure(verdict{fate: bot.Refused}, r, errors.New("success is false"))
	}
	for k, d := range said.Result.Deliver {
		if d.SpaceID == user || strings.HasSuffix(d.SpaceID, "."+user) || of == 1 || !strings.Contains(d.SpaceID, ".") && k == i && len(said.Result.Deliver) == of {
			if d.Success {
				return nil
			}
			return c.failure(verdict{fate: bot.Refused}, r, errors.New("deliverResults: "+d.Why))
		}
	}
	return c.failure(late, r, errors.New("deliverResults names no such space"))
}

// change is the body of an update.
type change struct {
	Track      string            `json:"outTrackId"`
	UserIDType int               `json:"userIdType"`
	Data       *filled           `json:"cardData,omitempty"`
	Private    map[string]filled `json:"privateData,omitempty"` // by userId
	Options    changeOptions     `json:"cardUpdateOptions"`
}

// changeOptions keep what is not named; otherwise all the rest would be gone.
type changeOptions struct {
	ByKey        bool `json:"updateCardDataByKey"`
	PrivateByKey bool `json:"updatePrivateDataByKey"`
}

// alter changes variables of a card: for everybody who has it, or if it is many people's
// only for one of them.
func (c *Channel) alter(ctx context.Context, track, user string, v variables) error {
	if err := v.check(); err != nil {
		return refuse(bot.BadContent, err.Error())
	}
	in := change{Track: track, UserIDType: 1, Options: changeOptions{true, true}}
	if strings.HasPrefix(track, manyTrack) {
		in.Private = map[string]filled{user: {v}}
	} else {
		in.Data = &filled{v}
	}
	var said struct {
		Success *bool           `json:"success"`
		Result  json.RawMessage `json:"result"`
	}
	if err := c.api(ctx, http.MethodPut, changePath, nil, in, &said); err != nil {
		return err
	}
	if said.Success != nil && !*said.Success || string(said.Result) == "false" {
		return c.failure(verdict{fate: bot.Refused}, request{path: changePath}, errors.New("success is false"))
	}
	return nil
}
