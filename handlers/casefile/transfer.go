package casefile

import (
	"context"
	"slices"
	"strings"

	"zhuanban/handlers/lead"
	"zhuanban/handlers/lead/flow"
	"zhuanban/store"
)

// papers are what goes to the police (rules for transfers, article 6): the letter, the
// report, the list of goods, the report of inspection or identification, what else there
// is. Their names for people are in the template case.papers.

// handOver sends the lead to another department or another place.
func handOver(ctx context.Context, a *act) error {
	kind := store.ToOther
	if a.move.Name == flow.HandOver {
		kind = store.ToPlace
	}
	a.event.Agency, a.event.Document, a.event.Text = a.args.agency, a.args.document, a.args.text
	return a.addTransfer(ctx, store.Transfer{Kind: kind, Agency: a.args.agency, Document: a.args.document, Papers: a.args.text, SentAt: a.t.Now})
}

// addTransfer writes something that goes out, also where the clocks of this turn read it.
func (a *act) addTransfer(ctx context.Context, t store.Transfer) error {
	t.ID, t.LeadID, t.Unit, t.ProposedBy, t.ProposedAt = a.t.Tx.NewID(), a.m.Lead.ID, a.m.Handling.Unit, a.t.Person.Account, a.t.Now
	a.m.Transfers = append(a.m.Transfers, t)
	return a.t.Tx.Transfers().Put(ctx, t)
}

// putTransfer writes a changed one likewise.
func (a *act) putTransfer(ctx context.Context, t store.Transfer) error {
	i := slices.IndexFunc(a.m.Transfers, func(o store.Transfer) bool { return o.ID == t.ID })
	a.m.Transfers[i] = t
	return a.t.Tx.Transfers().Put(ctx, t)
}

// toPolice is the transfer to the police that has not left yet, proposed or approved.
func toPolice(m *lead.Matter) (store.Transfer, bool) {
	for _, t := range slices.Backward(m.Transfers) {
		if t.Kind == store.ToPolice && t.SentAt.IsZero() && (t.DecidedAt.IsZero() || t.Approved) {
			return t, true
		}
	}
	return store.Transfer{}, false
}

// proposePolice begins the three days in which the head decides.
func proposePolice(ctx context.Context, a *act) error {
	if _, ok := toPolice(a.m); ok {
		a.why = "proposed"
		return nil
	}
	a.event.Text = a.args.text
	return a.addTransfer(ctx, store.Transfer{Kind: store.ToPolice, Agency: "公安机关", Reason: a.args.text, Persons: a.args.persons})
}

// approvePolice begins the 24 hours in which the papers leave.
func approvePolice(ctx context.Context, a *act) error {
	t, ok := a.m.ProposedTransfer()
	if !ok {
		a.why = "nothing_proposed"
		return nil
	}
	t.DecidedBy, t.DecidedAt, t.Approved = a.t.Person.Account, a.t.Now, true
	return a.putTransfer(ctx, t)
}

// refusePolice keeps the reason, which the rules want on record.
func refusePolice(ctx context.Context, a *act) error {
	t, ok := a.m.ProposedTransfer()
	if !ok {
		a.why = "nothing_proposed"
		return nil
	}
	t.DecidedBy, t.DecidedAt, t.Decision = a.t.Person.Account, a.t.Now, a.args.text
	a.event.Text = a.args.text
	return a.putTransfer(ctx, t)
}

// sendToPolice is that the papers have left. Where nobody had proposed it here, the
// document's number stands for the decision on paper.
func sendToPolice(ctx context.Context, a *act) error {
	a.event.Document, a.event.Text = a.args.document, a.args.text
	t, ok := toPolice(a.m)
	if !ok {
		return a.addTransfer(ctx, store.Transfer{Kind: store.ToPolice, Agency: "公安机关", Document: a.args.document, Reason: a.args.text,
			Persons: a.args.persons, Approved: true, SentAt: a.t.Now})
	}
	t.Document, t.SentAt = a.args.document, a.t.Now
	if a.args.persons > 0 {
		t.Persons = a.args.persons
	}
	return a.putTransfer(ctx, t)
}

// policeAnswer is what the police have decided.
func policeAnswer(ctx context.Context, a *act) error {
	a.event.Text, a.event.Document = a.args.text, a.args.document
	a.m.Handling.ToldAt = zero // what the unit has to tell next is that the goods are there
	for _, t := range slices.Backward(a.m.Transfers) {
		if t.Kind != store.ToPolice || t.SentAt.IsZero() {
			continue
		}
		t.Answer, t.AnsweredAt = lead.PoliceHasFiled, a.t.Now
		if a.move.Name == flow.PoliceRefused {
			t.Answer = lead.PoliceHasRefused
		}
		return a.putTransfer(ctx, t)
	}
	return nil
}

// assist is a request of another place for assistance, or the answer to it.
func assist(ctx context.Context, a *act) error {
	a.event.Text, a.event.Document = a.args.text, a.args.document
	if a.args.word != "已协查" && a.args.word != "已协助" {
		return a.addTransfer(ctx, store.Transfer{Kind: store.ToAssist, Agency: first(a.args.text), Document: a.args.document, Reason: a.args.text})
	}
	for _, t := range a.m.Transfers {
		if t.Kind == store.ToAssist && t.AnsweredAt.IsZero() {
			t.Answer, t.AnsweredAt = lead.Assisted, a.t.Now
			if err := a.putTransfer(ctx, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// first is who a text begins with.
func first(text string) string {
	agency, _ := agencyIn(text)
	for _, verb := range []string{"来函", "发函", "请求", "要求", "商请"} {
		agency, _, _ = strings.Cut(agency, verb)
	}
	return agency
}
