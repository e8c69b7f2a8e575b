package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
)

// writer is one client that writes without pause, and what was acknowledged to
// it. What it was told nothing about may or may not have happened.
type writer struct {
	t      *testing.T
	number int
	groups []string
	write  protocol
	steps  int

	alive   map[string]string // userName by id, of those that nobody has tried to delete
	gone    map[string]bool   // by id
	members []belongs
	won     []string // names that all the writers wanted
}

type belongs struct{ group, user string }

// protocol is what a writer asks of a server, by one protocol or another.
type protocol interface {
	createUser(ctx context.Context, name, email string) (id string, err error)
	deleteUser(ctx context.Context, id string) error
	addMember(ctx context.Context, group, user string) error
}

var errTaken = errors.New("somebody has it")

func writingBy(number int, s *served) protocol {
	if number%2 == 0 {
		return byAWS{s.client(), s.env["ROLLCALL_IDENTITY_STORE_ID"]}
	}
	return bySCIM{strings.TrimSuffix(s.env["ROLLCALL_SCIM_URL"], "/"), s.env["ROLLCALL_SCIM_TOKEN"]}
}

// step makes a user and puts it into a group. Every third is deleted again, and
// at every fourth step all writers want one name, each in another case.
func (w *writer) step(ctx context.Context) error {
	w.steps++
	name := fmt.Sprintf("w%d-%d", w.number, w.steps)
	id, err := w.write.createUser(ctx, name, name+"@example.com")
	if err != nil {
		return fmt.Errorf("create: %w", err)
	}
	w.alive[id] = name
	m := belongs{w.groups[w.steps%len(w.groups)], id}
	if err := w.write.addMember(ctx, m.group, m.user); err != nil {
		return fmt.Errorf("add to group: %w", err)
	}
	w.members = append(w.members, m)
	if w.steps%3 == 0 {
		delete(w.alive, id)
		if err := w.write.deleteUser(ctx, id); err != nil {
			return fmt.Errorf("delete: %w", err)
		}
		w.gone[id] = true
	}
	if w.steps%4 == 0 {
		return w.contend(ctx)
	}
	return nil
}

// contend wants the name or the e-mail that everybody wants.
func (w *writer) contend(ctx context.Context) error {
	wanted := fmt.Sprintf("Wanted-%d", w.steps)
	if w.number%4 < 2 {
		wanted = strings.ToUpper(wanted)
	}
	id, err := w.write.createUser(ctx, wanted, wanted+"@example.com")
	if errors.Is(err, errTaken) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create what all want: %w", err)
	}
	w.alive[id] = wanted
	w.won = append(w.won, wanted)
	return nil
}

// byAWS writes as AWS's SDK does.
type byAWS struct {
	client *identitystore.Client
	store  string
}

func (b byAWS) createUser(ctx context.Context, name, email string) (string, error) {
	in := newUser(b.store, name)
	in.Emails = []types.Email{{Value: &email, Type: aws.String("work"), Primary: true}}
	made, err := b.client.CreateUser(ctx, in)
	if _, taken := errors.AsType[*types.ConflictException](err); taken {
		return "", errTaken
	}
	if err != nil {
		return "", err
	}
	return *made.UserId, nil
}

func (b byAWS) deleteUser(ctx context.Context, id string) error {
	_, err := b.client.DeleteUser(ctx, &identitystore.DeleteUserInput{IdentityStoreId: &b.store, UserId: &id})
	return err
}

func (b byAWS) addMember(ctx context.Context, group, user string) error {
	_, err := b.client.CreateGroupMembership(ctx, &identitystore.CreateGroupMembershipInput{
		IdentityStoreId: &b.store, GroupId: &group, MemberId: &types.MemberIdMemberUserId{Value: user},
	})
	return err
}

func memberUser(m types.MemberId) string {
	if u, ok := m.(*types.MemberIdMemberUserId); ok {
		return u.Value
	}
	return ""
}

// bySCIM writes as an identity provider does.
type bySCIM struct{ url, token string }

func (b bySCIM) createUser(ctx context.Context, name, email string) (string, error) {
	status, body, err := b.call(ctx, http.MethodPost, "/Users", map[string]any{
		"userName": name, "displayName": name, "name": map[string]string{"givenName": name, "familyName": name},
		"emails": []map[string]any{{"value": email, "type": "work", "primary": true}}, "active": true,
	})
	switch {
	case err != nil:
		return "", err
	case status == http.StatusConflict:
		return "", errTaken
	case status != http.StatusCreated:
		return "", fmt.Errorf("status %d: %s", status, body)
	}
	var made struct{ ID string }
	err = json.Unmarshal(body, &made)
	return made.ID, err
}

func (b bySCIM) deleteUser(ctx context.Context, id string) error {
	return b.noContent(ctx, http.MethodDelete, "/Users/"+id, nil)
}

func (b bySCIM) addMember(ctx context.Context, group, user string) error {
	return b.noContent(ctx, http.MethodPatch, "/Groups/"+group, map[string]any{
		"schemas":    []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
		"Operations": []map[string]any{{"op": "add", "path": "members", "value": []map[string]string{{"value": user}}}},
	})
}

func (b bySCIM) noContent(ctx context.Context, method, path string, body any) error {
	status, text, err := b.call(ctx, method, path, body)
	if err == nil && status != http.StatusNoContent {
		err = fmt.Errorf("status %d: %s", status, text)
	}
	return err
}

// call counts as answered only if the whole answer was read.
func (b bySCIM) call(ctx context.Context, method, path string, body any) (status int, answer []byte, err error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	r, err := http.NewRequestWithContext(ctx, method, b.url+path, bytes.NewReader(text))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Authorization", "Bearer "+b.token)
	r.Header.Set("Content-Type", "application/scim+json")
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer got.Body.Close()
	answer, err = io.ReadAll(got.Body)
	return got.StatusCode, answer, err
}
