// Package stream keeps the connections over which DingTalk hands messages, taps and
// events to an app (Stream mode). Each is a WebSocket that this process opens: a ticket is
// asked for, good once and for ninety seconds, and the connection is made with it. What
// a message means is not known here.
//
// # Never deaf
//
// Robot messages are not promised to be sent again, so that whatever arrives while no
// connection is up may be lost. DingTalk rotates connections: it says disconnect, goes
// quiet and closes ten seconds later. Then the next connection is made first, and the old
// one read, and its messages acknowledged, until DingTalk closes it. A connection whose
// pongs stay away is replaced in the same way. Two connections can stand at once.
//
// # What is acknowledged
//
// A frame is acknowledged with what its Job says, which is when whatever it brought is
// durable. The work is not the connection's: if that is lost meanwhile, the work goes on,
// only its acknowledgement is lost, and what DingTalk sends again is known by its id (by
// package bot). A job may have a time by which something is acknowledged in any case.
//
// Frames of one lane are worked on in their order, lanes side by side. So many are worked
// on at once, of each lane one, and many more are read ahead: in a burst of ten thousand
// messages a ping, a rotation and a tap on a card are answered as at any other time. If that
// is not enough the reader waits, and with it DingTalk. While the reader waits no pong is
// missed: it may be behind what has not been read.
//
// # The end
//
// When Run's context ends, no connection is made any more; what was read is finished
// and acknowledged; then the connections are closed. What is not begun within some
// seconds is not acknowledged.
package stream
