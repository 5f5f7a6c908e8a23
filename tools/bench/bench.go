package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"zhuanban/tools/bench/load"
	"zhuanban/tools/bench/rig"
	"zhuanban/tools/bench/wecom"
	"zhuanban/tools/bench/yardstick"
)

// The conversations. Their first lines say what they are for.
var (
	//go:embed scripts/steps.txt
	stepsScript string
	//go:embed scripts/cards.txt
	cardsScript string
)

// The databases.
const (
	onSQLite = "sqlite"
	onMySQL  = "mysql"
)

// bench is one whole benchmark.
type bench struct {
	options
	dir          string // throwaway
	self         string // this program, for the yardstick
	api          *load.API
	codec        *wecom.Codec
	steps, cards load.Script
	progress     io.Writer
}

func benchCommand(ctx context.Context, args []string) (err error) {
	o, err := parse(args)
	if err != nil {
		return err
	}
	b := &bench{options: o, progress: os.Stderr}
	if b.steps, err = readScript(stepsScript, o.stepsFile); err != nil {
		return err
	}
	if b.cards, err = readScript(cardsScript, o.cardsFile); err != nil {
		return err
	}
	if b.codec, err = wecom.NewCodec(rig.App.Token, rig.App.AESKey, rig.App.CorpID); err != nil {
		return err
	}
	if b.self, err = os.Executable(); err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	if b.dir, err = os.MkdirTemp("", "zhuanban-bench"); err != nil {
		return fmt.Errorf("making a throwaway folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	if b.api, err = load.ServeAPI(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.api.Close()) }()
	if err := b.build(ctx); err != nil {
		return err
	}
	var sections []*section
	for _, database := range []string{onSQLite, onMySQL} {
		if o.only != "" && o.only != database {
			continue
		}
		on := b.on
		if b.other != "" {
			on = b.versus
		}
		s, err := on(ctx, database)
		if err != nil {
			return err
		}
		sections = append(sections, s)
	}
	for _, s := range sections {
		s.print(os.Stdout)
	}
	if o.json != "" {
		return writeJSON(o.json, sections)
	}
	return nil
}

// build builds the program as it is released.
func (b *bench) build(ctx context.Context) error {
	for _, given := range []*string{&b.binary, &b.other} {
		if *given == "" {
			continue
		}
		path, err := filepath.Abs(*given)
		if err != nil {
			return fmt.Errorf("looking for a program: %w", err)
		}
		*given = path
	}
	if b.binary != "" {
		return nil
	}
	b.binary = filepath.Join(b.dir, "zhuanban")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", b.binary, ".")
	cmd.Dir, cmd.Stderr = b.checkout, os.Stderr
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("building zhuanban in %s: %w", b.checkout, err)
	}
	return nil
}

// on measures on one database.
func (b *bench) on(ctx context.Context, database string) (s *section, err error) {
	dir := filepath.Join(b.dir, database)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	s = &section{Database: "SQLite", Beside: "yardstick"}
	url, kind, dsn := "sqlite:"+filepath.Join(dir, "data", "zhuanban.db"), yardstick.SQLite, filepath.Join(dir, "yardstick.db")
	posting := "sqlite:" + filepath.Join(dir, "posting", "zhuanban.db")
	if database == onMySQL {
		s.Database, kind = "MariaDB", yardstick.MySQL
		maria, err := rig.StartMariaDB(ctx, dir)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, maria.Close()) }()
		if url, _, err = maria.Database(ctx, "desk"); err != nil {
			return nil, err
		}
		if posting, _, err = maria.Database(ctx, "posting"); err != nil {
			return nil, err
		}
		if _, dsn, err = maria.Database(ctx, "yardstick"); err != nil {
			return nil, err
		}
	}
	desk, err := rig.Desk(b.binary, b.checkout, dir, url, b.api.URL, everybody)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, desk.Stop()) }()
	poster, err := rig.Desk(b.binary, b.checkout, filepath.Join(dir, "posting"), posting, b.api.URL, everybody, "ZHUANBAN_WECOM_PASSIVE=false")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, poster.Stop()) }()
	yard, err := rig.Yardstick(b.self, dir, kind, dsn)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, yard.Stop()) }()
	p := &plan{desk: desk, yard: yard, posting: poster, api: b.api, codec: b.codec, steps: b.steps, cards: b.cards, crowd: everybody,
		rounds: b.rounds, duration: b.duration, second: time.Second, progress: b.progress, section: s}
	if b.quick {
		p.crowd = 200
	}
	fmt.Fprintln(p.progress, "measuring on", s.Database)
	return s, p.measure(ctx)
}

// readScript takes a conversation from a file, or the one that is built in.
func readScript(builtin, file string) (load.Script, error) {
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return load.Script{}, fmt.Errorf("reading the conversation: %w", err)
		}
		builtin = string(text)
	}
	s, err := load.ParseScript(builtin)
	if err != nil {
		return s, fmt.Errorf("the conversation %s: %w", file, err)
	}
	return s, nil
}
