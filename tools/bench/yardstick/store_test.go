package yardstick_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"zhuanban/tools/bench/rig"
	"zhuanban/tools/bench/yardstick"
)

// TestStores is what every kind promises: what Save has returned of is there, once.
func TestStores(t *testing.T) {
	maria, err := rig.StartMariaDB(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	_, mysqlDSN, err := maria.Database(t.Context(), "yardstick")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "y.db")
	for _, v := range []struct{ kind, dsn, driver string }{{yardstick.SQLite, file, "sqlite"}, {yardstick.MySQL, mysqlDSN, "mysql"}} {
		t.Run(v.kind, func(t *testing.T) {
			store, err := yardstick.Open(v.kind, v.dsn)
			if err != nil {
				t.Fatal(err)
			}
			const people, each = 20, 10
			var all sync.WaitGroup
			for p := range people {
				all.Go(func() {
					for n := range each {
						s := yardstick.Step{ID: int64(p*each + n), User: fmt.Sprint("user", p), Content: `it's 「鞋」 \ "x"`, At: 1}
						if err := store.Save(s); err != nil {
							t.Error(err)
						}
						if err := store.Save(s); !errors.Is(err, yardstick.ErrKnown) {
							t.Errorf("delivered again: %v", err)
						}
					}
				})
			}
			all.Wait()
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
			for table, want := range map[string]int{"msg": people * each, "answer": people * each, "session": people} {
				if got := count(t, v.driver, v.dsn, table); got != want {
					t.Errorf("%s has %d rows instead of %d", table, got, want)
				}
			}
		})
	}
	if err := maria.Close(); err != nil {
		t.Error(err)
	}
}

func count(t *testing.T, driver, dsn, table string) (n int) {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	err = db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAnUnknownStore(t *testing.T) {
	if _, err := yardstick.Open("paper", ""); err == nil || !strings.Contains(err.Error(), yardstick.MySQL) {
		t.Errorf("got %v", err)
	}
}
