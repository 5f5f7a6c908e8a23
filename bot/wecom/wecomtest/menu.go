package wecomtest

import (
	"encoding/json"
	"strconv"
)

// The paths of the app: its menu, itself, its files.
const (
	MenuCreatePath = "/cgi-bin/menu/create"
	MenuGetPath    = "/cgi-bin/menu/get"
	MenuDeletePath = "/cgi-bin/menu/delete"
)

// MenuButton is an entry of the menu.
type MenuButton struct {
	Type string       `json:"type,omitempty"`
	Name string       `json:"name"`
	Key  string       `json:"key,omitempty"`
	URL  string       `json:"url,omitempty"`
	Sub  []MenuButton `json:"sub_button"`
}

// Menu is the app's menu; nil = it has none.
func (s *Server) Menu() []MenuButton {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]MenuButton(nil), s.menu...)
}

// own refuses the app of another.
func (s *Server) own(c Call) (failure, bool) {
	switch c.Query.Get("agentid") {
	case strconv.Itoa(s.o.AgentID):
		return failure{}, true
	case "":
		return fail(40056, "invalid agentid"), false
	}
	return fail(301002, "not allow operate another agent with this accesstoken"), false
}

func (s *Server) createMenu(c Call) any {
	if no, ok := s.own(c); !ok {
		return no
	}
	var m struct {
		Button []MenuButton `json:"button"`
	}
	if err := json.Unmarshal(c.Body, &m); err != nil {
		return fail(40058, "invalid json")
	}
	if no := checkMenu(m.Button, 3, 16); no.ErrCode != 0 {
		return no
	}
	s.menu = m.Button
	return failure{ErrMsg: "ok"}
}

// checkMenu checks one level of a menu; how long a name may be is not certain.
func checkMenu(menu []MenuButton, most, longest int) failure {
	if len(menu) < 1 || len(menu) > most {
		return fail(40016, "invalid button size")
	}
	for _, b := range menu {
		if b.Name == "" || len(b.Name) > longest {
			return fail(40018, "invalid button name size")
		}
		switch {
		case len(b.Sub) > 0 && most == 5:
			return fail(40023, "invalid sub button")
		case len(b.Sub) > 0:
			if no := checkMenu(b.Sub, 5, 40); no.ErrCode != 0 {
				return fail(40023, "invalid sub button size")
			}
		case b.Type == "click" && (b.Key == "" || len(b.Key) > 128):
			return fail(40019, "invalid button key size")
		case b.Type == "view" && b.URL == "":
			return fail(40020, "invalid button url size")
		case b.Type != "click" && b.Type != "view":
			return fail(40017, "invalid button type")
		}
	}
	return failure{}
}

func (s *Server) getMenu(c Call) any {
	if no, ok := s.own(c); !ok {
		return no
	}
	if s.menu == nil {
		return fail(46003, "menu no exist")
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "button": s.menu}
}

func (s *Server) deleteMenu(c Call) any {
	if no, ok := s.own(c); !ok {
		return no
	}
	s.menu = nil
	return failure{ErrMsg: "ok"}
}
