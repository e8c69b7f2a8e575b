package directory

import (
	"context"
	"iter"
)

// Retry makes a read again while its failure is temporary, as every read of a
// [Directory] is. It is for the other ports.
func Retry[T any](ctx context.Context, read func() (T, error)) (T, error) { return retry(ctx, read) }

// Pages walks a listing to its end, as those of a [Directory] are. It is for
// the other ports.
func Pages[T any](ctx context.Context, op string, list func(context.Context, PageRequest) (Page[T], error)) iter.Seq2[T, error] {
	return pages(ctx, op, list)
}
