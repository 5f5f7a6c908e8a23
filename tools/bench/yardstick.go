package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"zhuanban/tools/bench/rig"
	"zhuanban/tools/bench/wecom"
	"zhuanban/tools/bench/yardstick"
)

// yardstickCommand is the yardstick alone, until it is told to stop.
func yardstickCommand(ctx context.Context, args []string) (err error) {
	fs := flag.NewFlagSet("yardstick", flag.ContinueOnError)
	listen := fs.String("listen", "127.0.0.1:8081", "address of HTTP")
	kind := fs.String("store", yardstick.None, yardstick.None+", "+yardstick.SQLite+" or "+yardstick.MySQL)
	dsn := fs.String("dsn", "", "file of SQLite, or address for Go's MySQL driver")
	if err := fs.Parse(args); err != nil {
		return err
	}
	codec, err := wecom.NewCodec(rig.App.Token, rig.App.AESKey, rig.App.CorpID)
	if err != nil {
		return err
	}
	store, err := yardstick.Open(*kind, *dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	server := &http.Server{Addr: *listen, Handler: yardstick.Handler(codec, store, slog.New(slog.NewTextHandler(os.Stderr, nil))),
		ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	select {
	case err := <-failed:
		return fmt.Errorf("listening on %s: %w", *listen, err)
	case <-ctx.Done():
		return server.Shutdown(context.WithoutCancel(ctx))
	}
}
