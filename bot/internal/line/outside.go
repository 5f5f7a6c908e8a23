package line

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrInside is that of a connection which Outside's client does not make.
var ErrInside = errors.New("the address is within this network, and only a private deployment's may be")

// Outside is a client like another one of New's that reaches public addresses only, for
// addresses that came from outside. It asks no proxy: that one sees to where it goes.
func Outside(of *http.Client, connecting time.Duration) *http.Client {
	t := of.Transport.(*http.Transport).Clone()
	t.Proxy, t.DialContext = nil, (&net.Dialer{Timeout: connecting, Control: OutsideOnly}).DialContext
	only := *of
	only.Transport = t
	return &only
}

// OutsideOnly refuses a connection to an address that is not public, however its host
// was called: it is a net.Dialer's Control.
func OutsideOnly(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrInside
	}
	ip := to.Addr().Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || carrierNet.Contains(ip) {
		return ErrInside
	}
	return nil
}

// carrierNet is 100.64.0.0/10, which is nobody's in public.
var carrierNet = netip.MustParsePrefix("100.64.0.0/10")
