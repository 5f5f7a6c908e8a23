// Package name knows what WeCom allows for the name of a member's account.
package name

const longest = 64

// Account says whether a name is one that WeCom allows for a member's account: 1 to 64
// of 0-9A-Za-z_-@. and nothing else. One that begins with "@" is refused, though WeCom
// may have such a member: "@all" is everybody.
func Account[T string | []byte](name T) bool {
	if len(name) < 1 || len(name) > longest || name[0] == '@' {
		return false
	}
	for i := range len(name) {
		switch c := name[i]; {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c == '_', c == '-', c == '@', c == '.':
		default:
			return false
		}
	}
	return true
}
