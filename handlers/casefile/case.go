package casefile

import (
	"context"
	"strings"

	"zhuanban/handlers/lead/flow"
	"zhuanban/store"
)

// fileCase makes the lead a case, with what the lead says of value, cause and fields
// unless the order says otherwise.
func fileCase(ctx context.Context, a *act) error {
	l := a.m.Lead
	c := store.Case{LeadID: l.ID, Unit: a.m.Handling.Unit, Cause: l.Violation, Category: l.Category, Number: a.args.document, FiledAt: a.t.Now,
		Ecom: l.Platform != "" || l.Shop != "" || l.Link != "", Live: strings.Contains(l.Content, "直播")}
	c.Ecom = c.Ecom || c.Live
	if l.Value != nil {
		c.Value = *l.Value
	}
	a.m.Case = &c
	a.event.Document, a.event.Text = a.args.document, a.args.text
	return a.change(ctx, &c)
}

// caseFacts changes what is known of a case: 「132 案值 5万」, 「132 标记 农村 外商」.
func caseFacts(ctx context.Context, a *act) error {
	if a.m.Case == nil {
		a.why = "no_case"
		return nil
	}
	if a.args.value == nil && a.args.seized == nil && a.args.goods == nil && len(a.args.tags) == 0 {
		a.why = "no_fact"
		return nil
	}
	a.event.Text = oneLine(a.args.word, a.args.text)
	return a.change(ctx, a.m.Case)
}

// change lays what was said over a case and writes it.
func (a *act) change(ctx context.Context, c *store.Case) error {
	if a.args.value != nil {
		c.Value = *a.args.value
	}
	if a.args.seized != nil {
		c.Seized = *a.args.seized
	}
	if a.args.goods != nil {
		c.Goods = *a.args.goods
	}
	if a.args.fine != nil {
		c.Fine = *a.args.fine
	}
	a.args.tag(c)
	c.UpdatedAt = a.t.Now
	return a.t.Tx.Cases().Put(ctx, *c)
}

// decide is the decision on a penalty.
func decide(ctx context.Context, a *act) error {
	if a.m.Case == nil {
		a.why = "no_case"
		return nil
	}
	c := a.m.Case
	c.Decision, c.DecidedAt = a.args.document, a.t.Now
	a.event.Document, a.event.Amount = a.args.document, *a.args.fine
	return a.change(ctx, c)
}

// closeCase ends the work. A case is closed with it; a lead whose transfer nobody has
// answered may be closed as well.
func closeCase(ctx context.Context, a *act) error {
	a.event.Text, a.event.Document = a.args.text, a.args.document
	if a.m.Case == nil {
		return nil
	}
	if flow.InCase(flow.State(a.m.Lead.State)) && a.args.text == "" {
		a.why = "no_decision" // a case without a penalty is closed with the reason
		return nil
	}
	a.m.Case.ClosedAt = a.t.Now
	return a.change(ctx, a.m.Case)
}
