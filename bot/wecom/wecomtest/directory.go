package wecomtest

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The paths of the directory that are answered.
const (
	DepartmentListPath   = "/cgi-bin/department/list"
	DepartmentSimplePath = "/cgi-bin/department/simplelist"
	UserListPath         = "/cgi-bin/user/list"
	UserSimplePath       = "/cgi-bin/user/simplelist"
	UserGetPath          = "/cgi-bin/user/get"
	TagGetPath           = "/cgi-bin/tag/get"
	AgentGetPath         = "/cgi-bin/agent/get"
	CallbackIPPath       = "/cgi-bin/getcallbackip"
)

// Directory is the corp's directory and what the app may see of it.
type Directory struct {
	Departments []Department
	People      []Person
	Tags        map[int64]Tag
	// The app's visible range (可见范围).
	Users   []string
	Parties []int64
	TagIDs  []int64
	Closed  bool // the app is disabled
}

// Department is one of the corp's.
type Department struct {
	ID, Parent int64
	Name       string
}

// Person is a member. Status is 1 active, 2 disabled, 4 not yet active, 5 left; 0 = 1.
type Person struct {
	UserID      string
	Name        string
	Departments []int64
	Status      int
	Mobile      string // shown, as an old app is shown it, for tests that look for it where it should not be
}

// Tag is on members and departments.
type Tag struct {
	Users   []string
	Parties []int64
}

// SetDirectory puts a directory in force. Whoever is not visible in it gets no
// messages any more, as after Options.Members without them.
func (s *Server) SetDirectory(d Directory) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.directory = d
	s.members = map[string]bool{}
	for _, p := range d.People {
		if d.visible(p) && p.Status != 2 && p.Status != 5 {
			s.members[strings.ToLower(p.UserID)] = true
		}
	}
}

// Refuse is an answer with one of WeCom's codes and a message in its style, which
// names our address: for a bent server.
func Refuse(code int, msg string) *Answer {
	f := fail(code, msg)
	return &Answer{ErrCode: f.ErrCode, ErrMsg: f.ErrMsg}
}

// below says whether a department is one of these or below one.
func (d Directory) below(id int64, these []int64) bool {
	for range len(d.Departments) + 1 {
		if slices.Contains(these, id) {
			return true
		}
		i := slices.IndexFunc(d.Departments, func(x Department) bool { return x.ID == id })
		if i < 0 {
			return false
		}
		id = d.Departments[i].Parent
	}
	return false
}

func (d Directory) visible(p Person) bool {
	named := func(list []string) bool {
		return slices.ContainsFunc(list, func(u string) bool { return strings.EqualFold(u, p.UserID) })
	}
	in := func(these []int64) bool {
		return slices.ContainsFunc(p.Departments, func(id int64) bool { return d.below(id, these) })
	}
	return named(d.Users) || in(d.Parties) ||
		slices.ContainsFunc(d.TagIDs, func(id int64) bool { return named(d.Tags[id].Users) || in(d.Tags[id].Parties) })
}

// reads are the duties of the directory.
func (s *Server) reads() map[string]duty {
	out := map[string]duty{}
	for path, f := range map[string]func(d Directory, c Call) any{
		DepartmentListPath:   departmentList,
		DepartmentSimplePath: departmentSimple,
		UserListPath:         func(d Directory, c Call) any { return userList(d, c, true) },
		UserSimplePath:       func(d Directory, c Call) any { return userList(d, c, false) },
		UserGetPath:          userGet,
		TagGetPath:           tagGet,
		AgentGetPath:         s.agentGet,
		CallbackIPPath: func(Directory, Call) any {
			return map[string]any{"errcode": 0, "errmsg": "ok", "ip_list": []string{"203.0.113.1", "203.0.113.2"}}
		},
	} {
		out["GET "+path] = func(c Call) any {
			s.mu.Lock()
			defer s.mu.Unlock()
			if no, ok := s.admit(c.Token, s.o.Now()); !ok {
				return no
			}
			return f(s.directory, c)
		}
	}
	return out
}

// shown are the departments that the app sees: those in its range and those below.
func (d Directory) shown() (out []Department) {
	for _, x := range d.Departments {
		if d.below(x.ID, d.Parties) {
			out = append(out, x)
		}
	}
	return out
}

func departmentList(d Directory, _ Call) any {
	list := []map[string]any{}
	for i, x := range d.shown() {
		list = append(list, map[string]any{"id": x.ID, "parentid": x.Parent, "name": x.Name, "order": i})
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "department": list}
}

func departmentSimple(d Directory, _ Call) any {
	list := []map[string]any{}
	for i, x := range d.shown() {
		list = append(list, map[string]any{"id": x.ID, "parentid": x.Parent, "order": i})
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "department_id": list}
}

func userList(d Directory, c Call, details bool) any {
	id, err := strconv.ParseInt(c.Query.Get("department_id"), 10, 64)
	if err != nil || !slices.ContainsFunc(d.Departments, func(x Department) bool { return x.ID == id }) {
		return fail(60003, "department not found")
	}
	if !d.below(id, d.Parties) {
		return fail(60011, "no privilege to access/modify contact/party/agent")
	}
	list := []map[string]any{}
	for _, p := range d.People {
		if slices.Contains(p.Departments, id) {
			list = append(list, d.show(p, details))
		}
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "userlist": list}
}

func (Directory) show(p Person, details bool) map[string]any {
	out := map[string]any{"userid": p.UserID, "name": p.Name, "department": p.Departments, "open_userid": ""}
	if details {
		out["status"] = max(p.Status, 1)
		if len(p.Departments) > 0 {
			out["main_department"] = p.Departments[0]
		}
		if p.Mobile != "" {
			out["mobile"] = p.Mobile
		}
	}
	return out
}

func userGet(d Directory, c Call) any {
	name := c.Query.Get("userid")
	i := slices.IndexFunc(d.People, func(p Person) bool { return strings.EqualFold(p.UserID, name) })
	if i < 0 {
		return fail(60111, "userid not found")
	}
	if !d.visible(d.People[i]) {
		return fail(60011, "no privilege to access/modify contact/party/agent")
	}
	out := d.show(d.People[i], true)
	maps.Copy(out, map[string]any{"errcode": 0, "errmsg": "ok"})
	return out
}

func tagGet(d Directory, c Call) any {
	id, err := strconv.ParseInt(c.Query.Get("tagid"), 10, 64)
	t, ok := d.Tags[id]
	if err != nil || !ok {
		return fail(40068, "invalid tagid")
	}
	users := []map[string]any{}
	for _, p := range d.People {
		if slices.ContainsFunc(t.Users, func(u string) bool { return strings.EqualFold(u, p.UserID) }) && d.visible(p) {
			users = append(users, map[string]any{"userid": p.UserID, "name": p.Name})
		}
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "tagname": "", "userlist": users, "partylist": append([]int64{}, t.Parties...)}
}

func (s *Server) agentGet(d Directory, c Call) any {
	if c.Query.Get("agentid") != strconv.Itoa(s.o.AgentID) {
		return fail(301002, "not allow operate another agent with this accesstoken")
	}
	users := []map[string]any{}
	for _, u := range d.Users {
		users = append(users, map[string]any{"userid": u})
	}
	closed := 0
	if d.Closed {
		closed = 1
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "agentid": s.o.AgentID, "name": "专班", "close": closed,
		"allow_userinfos": map[string]any{"user": users}, "allow_partys": map[string]any{"partyid": append([]int64{}, d.Parties...)},
		"allow_tags": map[string]any{"tagid": append([]int64{}, d.TagIDs...)}}
}

// decode reads a body; ok is false if it is no JSON.
func decode(body []byte, into any) bool { return json.Unmarshal(body, into) == nil }
