package cli

import (
	"context"
	"crypto/tls"
	"slices"
	"strings"
	"time"

	"rollcall/config"
	"rollcall/fault"
	"rollcall/source/ldapsource"
)

// ldap opens a directory server as a source. Of its entries it reads what the
// syncs from that source look at.
func (h *house) ldap(name string, s config.Source) (*ldapsource.Driver, error) {
	attributes, err := h.attributesOf(name)
	if err != nil {
		return nil, err
	}
	o := ldapsource.Options{
		Servers: s.Servers, Plain: s.TLS.Plain(), Rules: s.Rules(), Filter: s.Filter, Attributes: attributes,
		Dialect: ldapsource.Dialect(s.Dialect), Canaries: s.Canaries, PageSize: s.PageSize,
		ConnectTimeout: time.Duration(s.ConnectTimeout), AnswerTimeout: time.Duration(s.AnswerTimeout),
		Bind: ldapsource.Bind{User: s.Bind.User},
		TLS:  &tls.Config{ServerName: s.TLS.ServerName, MinVersion: tls.VersionTLS12},
	}
	if s.TLS.CA != "" {
		if o.TLS.RootCAs, err = trusted(h.config.File(s.TLS.CA)); err != nil {
			return nil, err
		}
	}
	if !s.Bind.Password.IsZero() {
		o.Bind.Password = func(ctx context.Context) (string, error) { return h.secret(ctx, s.Bind.Password) }
	}
	if k := s.Bind.Kerberos; !k.IsZero() {
		o.Bind.Kerberos = &ldapsource.Kerberos{
			Config: h.config.File(k.Config), Realm: k.Realm, Keytab: h.config.File(k.Keytab), Cache: h.config.File(k.Cache), Service: k.Service,
		}
	}
	return ldapsource.New(o)
}

// attributesOf lists the attributes that the syncs from a source look at, or
// none where that cannot be told, or nobody uses it: then all are read.
func (h *house) attributesOf(name string) ([]string, error) {
	var all []string
	for _, s := range h.config.Syncs {
		if s.Source != name {
			continue
		}
		m, err := s.Compile(h.app.clock().Now)
		if err != nil {
			return nil, err
		}
		reads, known := m.Attributes()
		if !known {
			return nil, nil
		}
		all = append(all, reads...)
	}
	slices.SortFunc(all, strings.Compare)
	return slices.Compact(all), nil
}

// secret reads a secret that belongs to no directory, from this machine or
// with AWS's usual credentials.
func (h *house) secret(ctx context.Context, ref config.Secret) (string, error) {
	if _, _, _, inAWS := ref.AWS(); !inAWS {
		return ref.Resolve()
	}
	vault, err := h.vault(ctx, "")
	if err != nil {
		return "", err
	}
	return vault.read(ctx, ref)
}

// vault is AWS's stores of secrets, reached as AWS's own configuration says;
// in a region, or in the one that it names.
func (h *house) vault(ctx context.Context, region string) (*secrets, error) {
	settings := config.Directory{Region: region}
	client, err := httpClient(h.config, settings.Network)
	if err != nil {
		return nil, err
	}
	c, err := awsConfig(ctx, client, settings)
	if err != nil {
		return nil, fault.New(fault.Unauthenticated, "read AWS configuration", "", err)
	}
	return newSecrets(c, 0), nil
}
