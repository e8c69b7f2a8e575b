package awsdoor

import (
	"context"

	"rollcall/awsjson"
	"rollcall/awsjson/ssoadmin"
)

func listProviders(ctx context.Context, s *Server, in *ssoadmin.ListProvidersInput) (any, error) {
	found, err := cut(ctx, s, "ListApplicationProviders", ssoadmin.Providers(),
		func(p ssoadmin.ApplicationProvider) string { return p.ApplicationProviderArn }, ssoPage(&in.Page, ssoadmin.MaxResults))
	return ssoadmin.ListProvidersOutput{ApplicationProviders: append([]ssoadmin.ApplicationProvider{}, found.Items...), NextToken: found.Next}, err
}

func describeProvider(_ context.Context, _ *Server, in *ssoadmin.ProviderInput) (any, error) {
	return provider(*in.ApplicationProviderArn)
}

func provider(arn string) (ssoadmin.ApplicationProvider, error) {
	for _, p := range ssoadmin.Providers() {
		if p.ApplicationProviderArn == arn {
			return p, nil
		}
	}
	return ssoadmin.ApplicationProvider{}, &awsjson.Exception{Type: awsjson.TypeNotFound, Message: couldNotFind("ApplicationProvider", arn)}
}

// custom refuses a provider whose applications this API does not make, in AWS's
// words, whether there is one or not.
func custom(arn string) error {
	if arn == ssoadmin.CustomProvider {
		return nil
	}
	return &awsjson.Exception{
		Type:    awsjson.TypeValidation,
		Message: "The application provider with arn '" + arn + "' is not supported for this action.",
	}
}
