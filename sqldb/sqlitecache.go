package sqldb

import (
	"context"
	"database/sql/driver"
	"errors"
)

// cacheSize is how many statements a connection keeps prepared. Filters make
// statements dynamic, so it must be bounded.
const cacheSize = 256

var errRowsOpen = errors.New("the rows of an earlier query are still open: read them to the end, or close them, before the next statement")

// cachingConnector makes SQLite connections that prepare a statement once and,
// as PostgreSQL's, run one statement at a time.
type cachingConnector struct{ driver.Connector }

// sqliteConn is what the driver's connection can do.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.SessionResetter
	driver.Validator
	driver.Pinger
}

func (c cachingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &cachingConn{sqliteConn: conn.(sqliteConn), cache: map[string]sqliteStmt{}}, nil
}

// sqliteStmt is what the driver's statement can do.
type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type cachingConn struct {
	sqliteConn
	cache map[string]sqliteStmt
	rows  *cachedRows // open, or nil
}

var (
	_ driver.ExecerContext  = (*cachingConn)(nil)
	_ driver.QueryerContext = (*cachingConn)(nil)
)

func (c *cachingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	stmt, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args)
}

func (c *cachingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	stmt, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	c.rows = &cachedRows{Rows: rows, conn: c, ctx: ctx}
	return c.rows, nil
}

// statement returns query prepared. None is in use when it does, so any may
// be reused or thrown out.
func (c *cachingConn) statement(ctx context.Context, query string) (sqliteStmt, error) {
	if c.rows != nil {
		return nil, errRowsOpen
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if stmt, ok := c.cache[query]; ok {
		return stmt, nil
	}
	prepared, err := c.PrepareContext(ctx, unnamed(query))
	if err != nil {
		return nil, err
	}
	if len(c.cache) >= cacheSize {
		c.forgetOne()
	}
	stmt := prepared.(sqliteStmt)
	c.cache[query] = stmt
	return stmt, nil
}

// forgetOne drops any statement: one that is used often comes back at once.
func (c *cachingConn) forgetOne() {
	for query, stmt := range c.cache {
		delete(c.cache, query)
		_ = stmt.Close()
		return
	}
}

// Close frees the statements, without which SQLite keeps the file open.
func (c *cachingConn) Close() error {
	for _, stmt := range c.cache {
		_ = stmt.Close()
	}
	clear(c.cache)
	return c.sqliteConn.Close()
}

// cachedRows tells its connection when it is closed, and ends when its context
// does (see [unwatched]).
type cachedRows struct {
	driver.Rows
	conn *cachingConn
	ctx  context.Context
}

func (r *cachedRows) Next(dest []driver.Value) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	return r.Rows.Next(dest)
}

func (r *cachedRows) Close() error {
	if r.conn.rows == r {
		r.conn.rows = nil
	}
	return r.Rows.Close()
}
