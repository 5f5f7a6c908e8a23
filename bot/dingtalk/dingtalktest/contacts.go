package dingtalktest

import "slices"

// Contacts is an organisation's directory, and what of it the app may see.
type Contacts struct {
	Departments []Department // without the root, which is 1
	Users       []User
	Scope       []int64  // departments that the app sees, with what is below them; nil = all
	Named       []string // users whom it sees by themselves
	Hidden      []int64  // departments that it is refused, though they are below
}

// Department is one; Parent 0 is the root.
type Department struct{ ID, Parent int64 }

// User is one member.
type User struct {
	UserID, UnionID, Name string
	Departments           []int64
}

// SetContacts makes the directory. Until it is called there is none.
func (s *Server) SetContacts(c Contacts) {
	if c.Scope == nil && c.Named == nil {
		c.Scope = []int64{1}
	}
	for i := range c.Departments {
		if c.Departments[i].Parent == 0 {
			c.Departments[i].Parent = 1
		}
	}
	s.Serve("GET", "/auth/scopes", s.Old("", func(Call) Answer {
		return ok(map[string]any{"auth_org_scopes": map[string]any{"authed_dept": c.Scope, "authed_user": c.Named}, "condition_field": []string{}})
	}))
	s.Serve("POST", "/topapi/v2/department/listsub", s.Old("qyapi_get_department_list", c.below))
	s.Serve("POST", "/topapi/v2/user/list", s.Old("qyapi_get_department_member", c.list))
	s.Serve("POST", "/topapi/v2/user/get", s.Old("qyapi_get_member", c.get))
}

// ok is an answer of the old family.
func ok(more map[string]any) Answer {
	more["errcode"], more["errmsg"], more["request_id"] = 0, "ok", "15r0000000001"
	return Answer{JSON: more}
}

// sees says whether the app may see a department.
func (c Contacts) sees(id int64) bool {
	if slices.Contains(c.Hidden, id) {
		return false
	}
	for range len(c.Departments) + 1 {
		if slices.Contains(c.Scope, id) {
			return true
		}
		i := slices.IndexFunc(c.Departments, func(d Department) bool { return d.ID == id })
		if i < 0 {
			return false
		}
		id = c.Departments[i].Parent
	}
	return false
}

func (c Contacts) below(call Call) Answer {
	var in struct {
		ID int64 `json:"dept_id"`
	}
	if !call.Into(&in) || !c.sees(in.ID) {
		return failOld(50004, "", "请求的部门id不在授权范围内")
	}
	list := []map[string]any{}
	for _, d := range c.Departments {
		if d.Parent == in.ID {
			list = append(list, map[string]any{"dept_id": d.ID, "parent_id": d.Parent, "name": "部门"})
		}
	}
	return ok(map[string]any{"result": list})
}

func (c Contacts) list(call Call) Answer {
	var in struct {
		ID     int64 `json:"dept_id"`
		Cursor int   `json:"cursor"`
		Size   int   `json:"size"`
	}
	if !call.Into(&in) || in.Size < 1 || in.Size > 100 {
		return failOld(40035, "", "不合法的参数")
	}
	if !c.sees(in.ID) {
		return failOld(50004, "", "请求的部门id不在授权范围内")
	}
	var all []map[string]any
	for _, u := range c.Users {
		if slices.Contains(u.Departments, in.ID) {
			all = append(all, u.show())
		}
	}
	from := min(in.Cursor, len(all))
	to := min(from+in.Size, len(all))
	result := map[string]any{"has_more": to < len(all), "list": append([]map[string]any{}, all[from:to]...)}
	if to < len(all) {
		result["next_cursor"] = to
	}
	return ok(map[string]any{"result": result})
}

func (c Contacts) get(call Call) Answer {
	var in struct {
		UserID string `json:"userid"`
	}
	call.Into(&in)
	i := slices.IndexFunc(c.Users, func(u User) bool { return u.UserID == in.UserID })
	if i < 0 {
		return failOld(60121, "", "找不到该用户")
	}
	u := c.Users[i]
	if !slices.Contains(c.Named, u.UserID) && !slices.ContainsFunc(u.Departments, c.sees) {
		return failOld(50002, "", "请求的员工userid不在授权范围内")
	}
	return ok(map[string]any{"result": u.show()})
}

func (u User) show() map[string]any {
	return map[string]any{"userid": u.UserID, "unionid": u.UnionID, "union_id": "", "name": u.Name, "dept_id_list": u.Departments, "active": false,
		"mobile": "", "title": "", "leader": false, "extension": "{}"}
}
