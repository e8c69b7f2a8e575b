// Package connector keeps what clients of the OpenICF door leave behind:
// configurations of connectors, their confidential values encrypted, and what
// live sync has seen.
package connector

import (
	"context"
	"database/sql"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"

	"rollcall/fault"
	"rollcall/icf"
	"rollcall/keyring"
	"rollcall/sqldb"
)

//go:embed sqlite postgres
var tables embed.FS

// Migrations are the tables of connectors.
var Migrations = sqldb.Migrations{Owner: "connector", FS: tables}

// Store keeps configurations. It is safe for concurrent use.
type Store struct {
	db   *sqldb.DB
	keys *keyring.Keyring
}

// New returns what is kept in db, which was opened with [Migrations]; keys
// encrypt what is confidential.
func New(db *sqldb.DB, keys *keyring.Keyring) *Store { return &Store{db, keys} }

// Names lists the connectors that are kept, sorted.
func (s *Store) Names(ctx context.Context) ([]string, error) {
	var names []string
	err := s.db.Read(ctx, func(q sqldb.Query) error {
		rows, err := q.Rows("SELECT name FROM connectors ORDER BY name")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			names = append(names, name)
		}
		return rows.Err()
	})
	return names, sqldb.Fault("list connectors", "", err)
}

// Config returns a connector's configuration as it is kept: confidential values
// are encrypted. It fails with fault.NotFound.
func (s *Store) Config(ctx context.Context, name string) (map[string]any, error) {
	var text string
	err := s.db.Read(ctx, func(q sqldb.Query) error {
		return q.Row("SELECT config FROM connectors WHERE name = $1", name).Scan(&text)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.Text(fault.NotFound, "read connector", name, "there is none")
	}
	if err != nil {
		return nil, sqldb.Fault("read connector", name, err)
	}
	return icf.ReadBody([]byte(text))
}

// Put keeps a configuration; created says that there was none. Confidential
// properties that are in the clear are encrypted; those that are encrypted must
// be of this connector, else it fails with fault.Invalid.
func (s *Store) Put(ctx context.Context, name string, config map[string]any) (created bool, err error) {
	sealed := maps.Clone(config)
	if given, there := config["configurationProperties"].(map[string]any); there {
		if sealed["configurationProperties"], err = s.seal(name, given); err != nil {
			return false, err
		}
	}
	text, err := json.Marshal(sealed)
	if err != nil {
		return false, fault.New(fault.Internal, "keep connector", name, err)
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		var n int
		if err := tx.Row("SELECT COUNT(*) FROM connectors WHERE name = $1", name).Scan(&n); err != nil {
			return err
		}
		created = n == 0
		_, err := tx.Exec("INSERT INTO connectors (name, config) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET config = excluded.config", name, string(text))
		return err
	})
	return created, sqldb.Fault("keep connector", name, err)
}

// Delete forgets a connector and what live sync has seen of it; fault.NotFound
// if there is none.
func (s *Store) Delete(ctx context.Context, name string) error {
	return sqldb.Fault("delete connector", name, s.db.Write(ctx, func(tx *sqldb.Tx) error {
		done, err := tx.Exec("DELETE FROM connectors WHERE name = $1", name)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.Text(fault.NotFound, "delete connector", name, "there is none"))
		}
		_, err = tx.Exec("DELETE FROM connector_seen WHERE connector = $1", name)
		return err
	}))
}

// Seen reads into v what live sync has seen of a connector's objects of a type;
// there is false if it never ran.
func (s *Store) Seen(ctx context.Context, connector, objectType string, v any) (there bool, err error) {
	var text string
	err = s.db.Read(ctx, func(q sqldb.Query) error {
		return q.Row("SELECT seen FROM connector_seen WHERE connector = $1 AND type = $2", connector, objectType).Scan(&text)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, sqldb.Fault("read live sync", connector, err)
	}
	return true, json.Unmarshal([]byte(text), v)
}

// PutSeen keeps what [Store.Seen] returns.
func (s *Store) PutSeen(ctx context.Context, connector, objectType string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fault.New(fault.Internal, "keep live sync", connector, err)
	}
	return sqldb.Fault("keep live sync", connector, s.db.Write(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`INSERT INTO connector_seen (connector, type, seen) VALUES ($1, $2, $3)
			ON CONFLICT (connector, type) DO UPDATE SET seen = excluded.seen`, connector, objectType, string(text))
		return err
	}))
}

// crypto is how an encrypted value is written: as an identity management system
// writes its own.
const (
	crypto     = "$crypto"
	cryptoType = "x-simple-encryption"
	cipher     = "AES/GCM/NoPadding"
)

func contextOf(connector, property string) []byte {
	return []byte("connector/" + connector + "/" + property)
}

// seal encrypts what is confidential.
func (s *Store) seal(name string, given map[string]any) (map[string]any, error) {
	all := maps.Clone(given)
	for _, p := range icf.Properties() {
		if !p.Confidential || all[p.Name] == nil {
			continue
		}
		text, clear := all[p.Name].(string)
		if !clear {
			if _, err := s.open(name, p.Name, all[p.Name]); err != nil {
				return nil, err
			}
			continue
		}
		sealed, err := s.keys.Seal([]byte(text), contextOf(name, p.Name))
		if err != nil {
			return nil, err
		}
		all[p.Name] = map[string]any{crypto: map[string]any{
			"type": cryptoType, "value": map[string]any{"cipher": cipher, "key": "rollcall", "data": base64.StdEncoding.EncodeToString(sealed)},
		}}
	}
	return all, nil
}

// open decrypts one value.
func (s *Store) open(name, property string, v any) (string, error) {
	refused := fault.Text(fault.Invalid, "read connector", name, "configurationProperties/"+property+": it is encrypted, and not by this server for this connector; send it in the clear")
	o, _ := v.(map[string]any)
	c, _ := o[crypto].(map[string]any)
	inner, _ := c["value"].(map[string]any)
	text, _ := inner["data"].(string)
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil || text == "" {
		return "", refused
	}
	clear, err := s.keys.Open(sealed, contextOf(name, property))
	if err != nil {
		return "", refused
	}
	return string(clear), nil
}

// Settings returns the properties of a configuration, decrypted and checked. It
// fails with fault.Invalid. The result is never printed.
func (s *Store) Settings(name string, config map[string]any) (icf.Settings, error) {
	given, _ := config["configurationProperties"].(map[string]any)
	clear := map[string]any{}
	for property, v := range given {
		if _, isObject := v.(map[string]any); isObject {
			text, err := s.open(name, property, v)
			if err != nil {
				return nil, err
			}
			v = text
		}
		clear[property] = v
	}
	return icf.ReadProperties(clear)
}
