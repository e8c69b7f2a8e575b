package config

import "net/url"

const (
	workDatabase = "sqlite:work.db"
	workSchema   = "work"
)

// besides fills in where the queue is, if nobody says: beside the state, since
// replicas that share the one share the other.
func (d *Database) besides(state Database) {
	if d.url != "" {
		return
	}
	*d = Database{url: workDatabase}
	u, err := url.Parse(state.url)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return
	}
	query := u.Query()
	schema := workSchema
	if own := query.Get("search_path"); own != "" {
		schema = own + "_" + workSchema
	}
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	*d = Database{url: u.String(), password: state.password}
}
