package store

import "context"

// Tamper runs a statement past everything, as somebody with the database's password
// would.
func (s *Store) Tamper(ctx context.Context, query string, args ...any) error {
	_, err := s.write.ExecContext(ctx, query, args...)
	return err
}
