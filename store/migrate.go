package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// The tables, one file each, in the order they came to be. MySQL commits every DDL
// statement by itself, so a file there has exactly one.
//
//go:embed migrations
var migrations embed.FS

// migrateTries is for starters that meet: the one who lost finds the table made and
// looks again at what is left to do.
const (
	migrateTries = 20
	migratePause = 25 * time.Millisecond
)

// A replica waits up to a minute for the one that is changing the tables.
const (
	lockTries = 240
	lockPause = 250 * time.Millisecond
)

// migrate brings the tables up to date. When they are, it is one SELECT.
func (s *Store) migrate(ctx context.Context) error {
	if err := s.Ping(ctx); err != nil {
		return err
	}
	files, err := fs.Sub(migrations, "migrations/"+s.dialect.name())
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if ok, err := s.current(ctx, files); err != nil || ok {
		return err
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if s.dialect.name() == "mysql" {
		locker, err := lock.NewMySQLTableLocker(
			lock.WithTableLockTimeout(lockPause, lockTries), lock.WithTableUnlockTimeout(lockPause, lockTries))
		if err != nil {
			return fmt.Errorf("migrations: %w", err)
		}
		dialect, options = goose.DialectMySQL, append(options, goose.WithLocker(locker))
	}
	p, err := goose.NewProvider(dialect, s.write.DB, files, options...)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	for n := 1; ; n++ {
		_, err = p.Up(ctx)
		if err == nil || n == migrateTries || ctx.Err() != nil {
			break
		}
		if wait(ctx, migratePause) != nil {
			break
		}
	}
	if err != nil {
		return errors.Join(fmt.Errorf("bringing the tables up to date: %w", err), ctx.Err())
	}
	return nil
}

// current says whether all migrations are in the tables already, as at nearly every start:
// to find that out with goose takes longer than all the rest of it.
func (s *Store) current(ctx context.Context, files fs.FS) (bool, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return false, fmt.Errorf("migrations: %w", err)
	}
	newest, err := goose.NumericComponent(names[len(names)-1])
	if err != nil {
		return false, fmt.Errorf("migrations: %w", err)
	}
	var done, last int64
	row := s.write.QueryRowxContext(ctx, "SELECT COUNT(DISTINCT version_id), COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE version_id > 0 AND is_applied = 1")
	return row.Scan(&done, &last) == nil && done == int64(len(names)) && last == newest, nil
}

// wait pauses between two tries.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
