package wecom

import (
	"slices"
	"strings"

	"zhuanban/bot/internal/feature"
)

// Features say what a deployment of WeCom knows. The public cloud knows all of it;
// private and government deployments lag behind by years, and each by others. The zero
// value is right for the public cloud.
//
// What uses a feature asks Off first, and falls back by itself when the deployment
// refuses the call.
type Features struct {
	// Cards are template cards (template_card). Off: cards go as their plain text.
	Cards Switch `yaml:"cards"`
	// UpdateCard is message/update_template_card, which greys a clicked card. Off:
	// the card stays as it was and the answer comes as a message.
	UpdateCard Switch `yaml:"update_card"`
	// Recall is message/recall. Off: what was said stays and is corrected in words.
	Recall Switch `yaml:"recall"`
	// DuplicateCheck is enable_duplicate_check of message/send. Off: the request lacks it
	// and a parcel of unknown fate is not tried again (Traits.Dedupes is false). Auto
	// is on: whether a deployment honours it cannot be seen from its answers.
	DuplicateCheck Switch `yaml:"duplicate_check"`
	// AppChat is appchat/*, the groups that the app makes. Off: there are none.
	AppChat Switch `yaml:"appchat"`
	// Schedule is oa/schedule/*. Off: no entries in people's calendars.
	Schedule ScheduleSwitch `yaml:"schedule"`
	// AuthPath is the call that says whose an authorization's code is.
	AuthPath AuthPath `yaml:"auth_path"`
}

// check names a switch in a position that it does not have.
func (f Features) check() error {
	for _, s := range []Switch{f.Cards, f.UpdateCard, f.Recall, f.DuplicateCheck, f.AppChat} {
		if s != "" && !slices.Contains(s.Allowed(), string(s)) {
			return wrong("Features", "%q is none of %s", s, strings.Join(s.Allowed(), ", "))
		}
	}
	if s := f.Schedule; s != "" && !slices.Contains(s.Allowed(), string(s)) {
		return wrong("Features.Schedule", "%q is none of %s", s, strings.Join(s.Allowed(), ", "))
	}
	if s := f.AuthPath; s != "" && !slices.Contains(s.Allowed(), string(s)) {
		return wrong("Features.AuthPath", "%q is none of %s", s, strings.Join(s.Allowed(), ", "))
	}
	return nil
}

// Switch says whether a feature is used; Auto is as long as the deployment does not
// refuse it. On makes a refused card, or change of one, a warning in the log.
type Switch = feature.Switch

// The positions of a switch; "" is Auto.
const (
	Auto = feature.Auto
	On   = feature.On
	Off  = feature.Off
)

// ScheduleSwitch is a Switch that also chooses how the owner of an entry is written.
type ScheduleSwitch string

// The positions of the switch; "" is ScheduleAuto.
const (
	ScheduleAuto      ScheduleSwitch = "auto"      // with admins, and with organizer where admins is refused
	ScheduleOn        ScheduleSwitch = "on"        // with admins
	ScheduleOrganizer ScheduleSwitch = "organizer" // the older form, of private deployments
	ScheduleOff       ScheduleSwitch = "off"       // not used
)

// Allowed lists the positions, for the configuration's errors.
func (ScheduleSwitch) Allowed() []string {
	return []string{string(ScheduleAuto), string(ScheduleOn), string(ScheduleOrganizer), string(ScheduleOff)}
}

// Off says that no entries are made.
func (s ScheduleSwitch) Off() bool { return s == ScheduleOff }

// AuthPath says by which call it is asked whose a code is.
type AuthPath string

// The paths; "" is AuthAuto.
const (
	AuthAuto AuthPath = "auto" // auth/getuserinfo, and where that is not known user/getuserinfo
	AuthNew  AuthPath = "new"  // auth/getuserinfo
	AuthOld  AuthPath = "old"  // user/getuserinfo, of private deployments
)

// Allowed lists the paths, for the configuration's errors.
func (AuthPath) Allowed() []string {
	return []string{string(AuthAuto), string(AuthNew), string(AuthOld)}
}
