// Package media fetches what people sent and a platform still has: most platforms
// hand over a name for a photo, good for a few days, and not its bytes.
//
// # The way of a photo
//
// The message with the name is durable before it is acknowledged, and in the same
// transaction the name is put down as a row (bot.Turn, store.Media). A Fetcher is woken
// by that commit, asks the platform's Source for the bytes, and streams them into the
// evidence store, which hashes and fsyncs them. One transaction then ends the row
// and completes every file that was attached to a record meanwhile.
//
// # What it guarantees
//
// A row is claimed by a guarded UPDATE with a lease that lasts while bytes flow; the
// number of the claim is the fence against who lost it. Whoever dies leaves a row
// that another claims when the lease is over. Bytes that were kept twice are the same
// file, because the evidence store names them by their hash.
//
// What does not come is tried again, more and more rarely, for three days. What is
// gone, too large or of a type that nobody here opens is lost: the person is told in
// plain words and asked to send it again, and the record shows that a file is missing.
//
// # What it leaves to others
//
// How a platform is asked is its Source's: package wecom has one; a platform that gives
// an address with a key puts both into the ref and opens it in Fetch.
package media

import (
	"context"
	"io"
)

// Source is a platform that gives out what people sent.
type Source interface {
	// Fetch opens what a ref names; the caller closes the reader. It waits for the
	// first bytes and no longer than ctx. An error is a *bot.SendError: Refused = it
	// is gone for good; any other fate = try again, not before Wait. So may one of the
	// reader be.
	Fetch(ctx context.Context, ref string) (Body, error)
}

// Body is what a platform gives.
type Body struct {
	Reader io.ReadCloser
	Name   string // as the platform calls it; "" = not told
	Size   int64  // bytes; 0 or less = not told
}

// Why is why something was lost.
type Why string

// The reasons.
const (
	Gone      Why = "gone"      // the platform no longer has it
	TooLarge  Why = "too_large" // larger than a file may be
	WrongType Why = "type"      // of a type that is not taken
	Empty     Why = "empty"     // no bytes at all
	GivenUp   Why = "given_up"  // it could not be had for days
)
