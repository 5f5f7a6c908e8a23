package templates_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/delivery"
	"zhuanban/bot/media"
	"zhuanban/handlers/announce"
	"zhuanban/handlers/audit"
	"zhuanban/handlers/bind"
	"zhuanban/handlers/casefile"
	"zhuanban/handlers/evidence"
	"zhuanban/handlers/help"
	"zhuanban/handlers/informant"
	"zhuanban/handlers/lead"
	"zhuanban/handlers/ledger"
	"zhuanban/handlers/stage"
	"zhuanban/handlers/stats"
	"zhuanban/handlers/weekly"
	"zhuanban/templates"
)

// TestEveryTemplateOfThePackage renders every template with all that handlers fill
// them with, whether it fits or not, in many states; text/template must make the
// same of it, and each template must come out of some.
func TestEveryTemplateOfThePackage(t *testing.T) {
	s, err := templates.Load()
	require.NoError(t, err)
	s.Compare(func(name string, data any, difference string) { t.Errorf("%s with %+v: %s", name, data, difference) })
	came := map[string]bool{}
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 1))
		for _, empty := range []any{"", 0, false, bot.FormView{}, &bot.FormView{}, bot.ProblemView{}, bot.FindingView{}, lead.View{}, lead.ListView{}, lead.Standing{}, lead.LimitView{}, lead.HintView{}, lead.SpanView{}, lead.TransferView{}, lead.SuggestView{}, lead.EventView{}, lead.CaseView{}, []lead.LimitView{},
			casefile.ActView{}, casefile.AskView{}, casefile.RefusalView{}, casefile.ResultView{}, casefile.DeskView{}, casefile.TasksView{}, casefile.TaskView{}, casefile.DigestView{},
			stage.View{}, []stage.View{}, stats.View{}, weekly.View{}, weekly.RemindView{}, help.View{}, announce.CardView{}, announce.View{}, announce.Words{}, announce.To{}, bind.View{}, ledger.PageView{}, ledger.HitView{}, ledger.SameView{}, ledger.ExportView{}, media.LostView{}, informant.View{}, informant.OpeningView{}, informant.IdentityView{}, evidence.View{}, audit.View{}, delivery.ReportView{}, delivery.ReasonView{}, delivery.WhatView{}, delivery.QuotaView{}, struct {
				Text, Draft string
				Lead, Is    int
				May, Number int
			}{}, struct {
				weekly.View
				Versions []weekly.View
			}{}} {
			v := reflect.New(reflect.TypeOf(empty)).Elem()
			fill(r, v)
			for _, name := range s.Names() {
				if _, err := s.Render(name, v.Interface()); err == nil {
					came[name] = true
				}
			}
		}
		for _, name := range s.Names() {
			if _, err := s.Render(name, nil); err == nil {
				came[name] = true
			}
		}
	}
	for _, name := range s.Names() {
		require.True(t, came[name], name)
	}
}

// words are what strings are filled with: what templates ask for, and nothing.
var words = []string{"", "", "a", "凤城镇 建设路12号\n某某鞋店", "too_long", "negative", "not_a_unit", "fixed", "default", "recorded", "registered",
	"withdrawn", "files", "一般", "紧急", "done", "taken", "decided", "dingtalk", "red", "yellow", "police", "out", "filed", "refused", "rights", "state", "reason", "handler", "check", "old", "refuse",
	"approve_police", "propose_police", "hand_over", "assign", "extend", "tm", "local"}

// fill puts something into a value and all that is in it.
func fill(r *rand.Rand, v reflect.Value) {
	switch p := v.Addr().Interface().(type) {
	case *time.Time:
		*p = time.Date(2024, 1, 1+r.IntN(60), r.IntN(24), r.IntN(60), 0, 0, time.UTC)
		return
	case *any:
		*p = map[string]any{"Period": fmt.Sprint("w", r.IntN(9)), "UnitID": words[r.IntN(len(words))]}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(words[r.IntN(len(words))])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 1)
	case reflect.Int, reflect.Int64:
		v.SetInt(r.Int64N(4) * r.Int64N(90))
	case reflect.Pointer:
		if r.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(r, v.Elem())
		}
	case reflect.Slice:
		n := r.IntN(4)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(r, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(r, v.Field(i))
			}
		}
	}
}
