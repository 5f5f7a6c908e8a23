// Package spool stands between the channels and the bot and keeps messages on
// disk while the database is away, so that nobody is turned away and nothing is
// lost: kept (fsync), acknowledged, and handed in when the database is back.
//
// # One message's way
//
// Handle hands a message to Next, the bot, and gives its answer. If Next fails
// because the database is away, or has not come back within the grace, the
// message is written to the spool and answered with Answer.Spooled; the person
// hears the answer through delivery later. Any other error is returned as it is,
// and the platform sends again. If the message cannot be kept (ErrFull, a failing
// disk), that is an error as well: the platform sends again, nothing was promised.
//
// # Order
//
// One message of a person is decided at a time, whatever platform it came from.
// While a message of a person is in the spool, every further one of that person
// goes there too, also when the database is back; other people pass. Run hands in
// what waits: each person's messages one after the other in the platform's order
// of time (then of arrival), many people side by side. A message leaves the spool
// only after Next took it. One that fails for reasons of its own is tried a few
// times and then set aside in rejected/, so that it does not block its person.
//
// # Order over several processes
//
// Where several processes serve (Options.Others) each has a spool of its own, and messages
// of one person may lie in two. Before a process hands anything in, it says of each
// person where the oldest message stands that waits with it: the platform's time, and
// for what has the same one, when it was kept. This is a shared note beside the person's
// conversation. The turn of a message that comes later by these does nothing and gives
// bot.ErrWaits; the message is kept here as if the database were away, noted itself, and
// tried again soon. The turn of a message out of a spool moves the note to the next one
// behind it, or takes it away. So what waits in several spools is handled in one order,
// and what comes meanwhile to any process after it.
//
// For that, all must have said what they have before any goes on. While the database is
// away and for a moment after (settleTime), a process that is not alone hands in nothing
// and lets nothing pass, but keeps it; what it keeps in that moment it notes before it
// is acknowledged. It also asks by itself whether the database is there, so that it
// knows of an absence in which nobody spoke to it. Who is alone waits for nobody.
//
// A note ends a minute after it was written last: a process that is gone for good does
// not keep its people waiting. The name under which it stands belongs to the folder, so
// that whoever opens the folder next goes on under it.
//
// What no note in the database can do: if one process alone is cut off from it while
// others reach it, or is gone with messages on its disk for longer than a note lasts, then
// what a person says to others meanwhile is handled first. So it is with what reaches
// another process within half a second of an absence so short that it did not see it,
// and with a call that had hung and has success in the end.
//
// # Twice is harmless, never is not
//
// A message may be handed in more than once: after a crash, and after a call that
// came back later than the grace and had success after all. The bot knows messages
// by (Platform, Sender, ID) and does nothing the second time. The spool relies on
// that and spares every effort to hand in exactly once. What a platform sends again
// while it waits is kept once. From the spool a message has no Carry. Next must queue
// an answer that it meant to be carried when the message comes again without: the
// acknowledgement of the call that was late has gone.
//
// # On disk
//
//	lock                     held (flock) by the one process that uses the folder; in it, the spool's name
//	spool-000001.log         a segment: the 8 bytes "zbspool1", then records
//	spool-000001.done        what of it is done: 12 bytes each, see below
//	rejected/spool-000001-8.log   one message that failed for reasons of its own, as a segment
//	damaged/spool-000001.log      a segment in which something could not be read
//
// A record is the length of its text (4 bytes, little endian), the CRC-32C of its
// text (4 bytes) and its text, JSON: the message and when it was kept. A done note
// is the record's offset (8 bytes) and its CRC (4 bytes), so that no torn note
// matches by chance; notes are not fsynced. A segment is removed when all its
// records are done; numbers grow. To hand in a rejected message again, stop the
// program and move its file back beside the lock.
//
// Who writes at the same time shares one fsync. A torn record at the end of the last
// segment was never acknowledged; it is cut off at Open. Anything else that cannot
// be read is logged, what can be read is handed in, and the file then goes to
// damaged/ in place of being removed. After a failed fsync a segment gets no
// further record. Files are 0600 and folders 0700; messages are sealed
// where there is a key (Options.Seal) and in the clear where there is none; what was sealed
// with another key is set aside as damaged, and readable again with that key. Memory holds ids, times and offsets, no texts; the log
// neither.
//
// # Testing
//
// The properties (spool_property_test.go) play people, outages, re-deliveries and
// crashes at random: everything acknowledged is handled, once, in order; so do those with
// several spools (others_property_test.go).
package spool
