package cli

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"rollcall/awscall"
	"rollcall/config"
	"rollcall/fault"
)

// secrets reads secrets, also those that AWS keeps. What AWS has told is kept
// for a while: a token is asked for before every call.
type secrets struct {
	aws     aws.Config
	timeout time.Duration // of an answer
	now     func() time.Time

	mu   sync.Mutex
	kept map[config.Secret]keptSecret
}

type keptSecret struct {
	text  string
	until time.Time
}

// keepSecrets is how long a secret of AWS is not asked for again.
const keepSecrets = 5 * time.Minute

func newSecrets(c aws.Config, timeout time.Duration) *secrets {
	if timeout == 0 {
		timeout = awscall.DefaultTimeout
	}
	c.Credentials = awscall.Credentials(c.Credentials)
	return &secrets{aws: c, timeout: timeout, now: time.Now, kept: map[config.Secret]keptSecret{}}
}

// read returns a secret. A failure names the reference, never the secret.
func (s *secrets) read(ctx context.Context, ref config.Secret) (string, error) {
	store, name, key, inAWS := ref.AWS()
	if !inAWS {
		return ref.Resolve()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if k, ok := s.kept[ref]; ok && s.now().Before(k.until) {
		return k.text, nil
	}
	ask := s.manager
	if store == config.ParameterStore {
		ask = s.parameter
	}
	asking, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	text, err := ask(asking, name)
	if err != nil {
		return "", fault.New(kindOfRefusal(err), "read secret", ref.String(), err)
	}
	if text, err = member(text, key); err != nil {
		return "", fault.New(fault.Unauthenticated, "read secret", ref.String(), err)
	}
	s.kept[ref] = keptSecret{text, s.now().Add(keepSecrets)}
	return text, nil
}

// kindOfRefusal tells a store of secrets that may answer later from one that
// says no.
func kindOfRefusal(err error) fault.Kind {
	told := awscall.Fault(awscall.Call{}, err, nil)
	f, answered := errors.AsType[*fault.Error](told)
	switch {
	case !answered:
		return fault.Unavailable
	case f.Kind.Temporary():
		return f.Kind
	}
	return fault.Unauthenticated
}

// forget makes the next read ask again: what was kept did not open the door.
// It reports whether there was something to forget.
func (s *secrets) forget(ref config.Secret) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, had := s.kept[ref]
	delete(s.kept, ref)
	return had
}

func (s *secrets) manager(ctx context.Context, name string) (string, error) {
	out, err := secretsmanager.NewFromConfig(s.aws).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &name})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.SecretString), nil
}

func (s *secrets) parameter(ctx context.Context, name string) (string, error) {
	out, err := ssm.NewFromConfig(s.aws).GetParameter(ctx, &ssm.GetParameterInput{Name: &name, WithDecryption: aws.Bool(true)})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Parameter.Value), nil
}

// member is the text under a key of a JSON object, or all of it without a key.
func member(text, key string) (string, error) {
	if key != "" {
		var object map[string]any
		if err := json.Unmarshal([]byte(text), &object); err != nil {
			return "", fault.Text(fault.Invalid, "read secret", "key "+key, "the secret is not a JSON object")
		}
		text, _ = object[key].(string)
	}
	if text == "" {
		return "", fault.Text(fault.Invalid, "read secret", "", "it is empty, or has no such key")
	}
	return text, nil
}
