package awsdoor_test

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"testing"

	"rollcall/fault"
)

//go:embed testdata/operations.txt
var operationsFile string

// modelled is every operation of each service, by its signing name, with the
// errors that the model lists.
func modelled() map[string]map[string][]string {
	all := map[string]map[string][]string{}
	for line := range strings.Lines(operationsFile) {
		words := strings.Fields(line)
		if len(words) < 3 || words[0] == "#" {
			continue
		}
		if all[words[0]] == nil {
			all[words[0]] = map[string][]string{}
		}
		all[words[0]][words[1]] = slices.DeleteFunc(words[2:], func(e string) bool { return e == "-" })
	}
	return all
}

// gates are the errors that come from no request: quotas, faults, and what
// happens to a service.
var gates = map[string]fault.Kind{
	"Throttling": fault.Throttled, "TooManyRequests": fault.Throttled, "InternalServer": fault.Internal, "Service": fault.Internal,
	"ServiceQuotaExceeded": fault.Quota, "ConstraintViolation": fault.Quota, "ConcurrentModification": fault.Stale,
}

// never are the errors that cannot come about here.
var never = map[string]string{
	"UnsupportedAPIEndpoint": "the service has one endpoint here, which has every operation",
	"RegionDisabled":         "no region is disabled here",
}

// provoke brings an operation to fail in a certain way: by a request that
// deserves it wherever there is one.
func (s *scene) provoke(service string, q request, failure string) answer {
	s.t.Helper()
	kind, atGate := gates[failure]
	switch {
	case atGate:
		return s.held(kind, service, q)
	case failure == "Conflict" && q.clash == "":
		return s.held(fault.Conflict, service, q)
	case failure == "Conflict":
		return s.ask(service, q.operation, s.about(s.there, q.clash), s.key)
	case failure == "AccessDenied":
		return s.deny(service, q)
	case failure == "AWSOrganizationsNotInUse":
		return s.ask(service, q.operation, s.about(s.there, q.body), s.stranger)
	case failure == "Validation" || failure == "InvalidInput":
		if q.wrong == "" {
			q.wrong = `{}`
		}
		return s.ask(service, q.operation, q.wrong, s.key)
	}
	if !strings.HasSuffix(failure, "NotFound") {
		s.t.Fatalf("nobody knows how %s comes about", failure)
	}
	if q.absent == "" {
		q.absent = q.body
	}
	return s.ask(service, q.operation, s.about(s.gone, q.absent), s.key)
}

// deny asks as somebody who may not: with a key that only reads, about another
// account's store, or from an account that manages nothing. What everybody may
// read is denied at the gate.
func (s *scene) deny(service string, q request) answer {
	s.t.Helper()
	body := s.about(s.there, q.body)
	reads := slices.ContainsFunc([]string{"Describe", "Get", "List", "Is"}, func(p string) bool { return strings.HasPrefix(q.operation, p) })
	switch {
	case !reads:
		return s.ask(service, q.operation, body, s.reader)
	case service == "identitystore" && strings.Contains(body, storeID):
		return s.ask(service, q.operation, strings.Replace(body, storeID, "arn:aws:identitystore::444455556666:identitystore/"+storeID, 1), s.key)
	case service == "organizations" && q.operation != "DescribeOrganization":
		return s.ask(service, q.operation, body, s.member)
	}
	return s.held(fault.Denied, service, q)
}

// members are what an error may have besides its type and message.
var members = map[string][]string{
	"identitystore": {"Reason", "RequestId", "ResourceId", "ResourceType", "RetryAfterSeconds"},
	"sso":           {"Reason"},
	"organizations": {"Reason"},
}

// Every operation fails in every way that its model lists, says so as its
// service does, and changes nothing: after all of that, it still succeeds.
func TestEveryOperationHasEveryErrorOfItsModel(t *testing.T) {
	for service, all := range modelled() {
		if service == "sts" {
			continue // it speaks another protocol: TestEveryFailureOfSTSHasItsCode
		}
		t.Run(service, func(t *testing.T) {
			s := startScene(t)
			for _, q := range requests[service] {
				for _, failure := range all[q.operation] {
					if never[failure] != "" {
						continue
					}
					s.failsAs(t, service, q, failure)
				}
			}
			for _, q := range requests[service] {
				s.later()
				if got := s.ask(service, q.operation, s.about(s.there, q.body), s.key); got.status != 200 {
					t.Errorf("%s: %d %s", q.operation, got.status, got.raw)
				}
			}
		})
	}
}

func (s *scene) failsAs(t *testing.T, service string, q request, failure string) {
	t.Helper()
	got := s.provoke(service, q, failure)
	status := map[bool]int{true: 500, false: 400}[gates[failure] == fault.Internal && (failure == "InternalServer" || failure == "Service")]
	message, _ := got.body["Message"].(string)
	if got.body["__type"] != failure+"Exception" || got.status != status || message == "" || got.header.Get("X-Amzn-Requestid") == "" {
		t.Errorf("%s: %d %s, want %d %s", q.operation, got.status, got.raw, status, failure)
	}
	for member := range got.body {
		if member != "__type" && member != "Message" && !slices.Contains(members[service], member) {
			t.Errorf("%s, %s: %s is no member of the service's errors", q.operation, failure, member)
		}
	}
	if service != "identitystore" {
		return
	}
	want := map[string]bool{"RequestId": true, "RetryAfterSeconds": failure == "Throttling" || failure == "InternalServer", "ResourceType": failure == "ResourceNotFound", "ResourceId": failure == "ResourceNotFound"}
	for _, member := range slices.Sorted(maps.Keys(want)) {
		if _, there := got.body[member]; there != want[member] && !(member == "ResourceId" && strings.HasPrefix(q.operation, "Get")) {
			t.Errorf("%s, %s: %s is there: %v, want %v: %s", q.operation, failure, member, there, want[member], got.raw)
		}
	}
}

// The table is complete: one good request of each operation that is served.
func TestEveryOperationThatIsServedIsInTheTable(t *testing.T) {
	for service, all := range modelled() {
		if service == "sts" {
			continue
		}
		s := startScene(t)
		for operation := range all {
			listed := slices.ContainsFunc(requests[service], func(q request) bool { return q.operation == operation })
			unknown := s.ask(service, operation, `{}`, s.key).body["__type"] == "UnknownOperationException"
			if listed == unknown {
				t.Errorf("%s %s: in the table %v, served %v", service, operation, listed, !unknown)
			}
		}
	}
}
