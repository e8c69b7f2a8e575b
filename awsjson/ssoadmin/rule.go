package ssoadmin

import "rollcall/awsjson"

// The constraints of strings (aws-contract 4.2). Where the model's pattern is
// in a dialect that Go does not read, the same one stands beside it.
var (
	instanceRule      = awsjson.NewRule(10, 1224, `arn:aws(-[a-z]{1,5}){0,3}:sso:::instance/(sso)?ins-[a-zA-Z0-9-.]{16}`)
	permissionSetRule = awsjson.NewRule(10, 1224, `arn:aws(-[a-z]{1,5}){0,3}:sso:::permissionSet/(sso)?ins-[a-zA-Z0-9-.]{16}/ps-[a-zA-Z0-9-./]{16}`)
	applicationRule   = awsjson.NewRule(10, 1224, `arn:aws(-[a-z]{1,5}){0,3}:sso::\d{12}:application/(sso)?ins-[a-zA-Z0-9-.]{16}/apl-[a-zA-Z0-9]{16}`)
	providerRule      = awsjson.NewRule(10, 1224, `arn:aws(-[a-z]{1,5}){0,3}:sso::aws:applicationProvider/[a-zA-Z0-9-/]+`)
	resourceRule      = awsjson.NewRule(10, 2048, `arn:aws(-[a-z]{1,5}){0,3}:sso::((:instance/(sso)?ins-[a-zA-Z0-9-.]{16})|`+
		`(:permissionSet/(sso)?ins-[a-zA-Z0-9-.]{16}/ps-[a-zA-Z0-9-./]{16})|(\d{12}:application/(sso)?ins-[a-zA-Z0-9-.]{16}/apl-[a-zA-Z0-9]{16})|`+
		`(\d{12}:trustedTokenIssuer/(sso)?ins-[a-zA-Z0-9-.]{16}/tti-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}))`)

	accountRule   = awsjson.NewRule(12, 12, `\d{12}`)
	principalRule = awsjson.NewRule(1, 47, `([0-9a-f]{10}-|)[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}`)
	requestRule   = awsjson.NewRule(36, 36, `\b[0-9a-f]{8}\b-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-\b[0-9a-f]{12}\b`)
	tokenRule     = awsjson.NewRule(0, 2048, `[-a-zA-Z0-9+=/_]*`)
	clientRule    = awsjson.NewRule(1, 64, `[!-~]+`)
	regionRule    = awsjson.NewRule(1, 32, `([a-z]+-){2,3}\d`)
	kmsKeyRule    = awsjson.NewRule(20, 2048, `arn:aws(-[a-z]{1,5}){0,3}:kms:([a-z]{2,}(-[a-z0-9]+)+){1}:[0-9]{12}:key/`+
		`(mrk-[a-f0-9]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})`)

	instanceNameRule  = awsjson.NewRule(0, 255, `[\w+=,.@-]+`)
	setNameRule       = awsjson.NewRule(1, 32, `[\w+=,.@-]+`)
	setTextRule       = awsjson.NewRule(1, 700, `[\t\n\r\x{20}-\x{7E}\x{A1}-\x{FF}]*`).Shown(`[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`)
	relayStateRule    = awsjson.NewRule(1, 240, `[a-zA-Z0-9&$@#\\\/%?=~\-_'"|!:,.;*+\[\]\ \(\)\{\}]+`)
	inlinePolicyRule  = awsjson.NewRule(1, 32768, `[\t\n\r\x{20}-\x{FF}]+`).Shown(`[\u0009\u000A\u000D\u0020-\u00FF]+`)
	managedPolicyRule = awsjson.NewRule(20, 2048, `arn:aws(-[a-z]{1,5}){0,3}:iam::aws:policy((/[A-Za-z0-9\.,\+@=_-]+)*)/([A-Za-z0-9\.,\+=@_-]+)`)
	policyNameRule    = awsjson.NewRule(1, 128, `[\w+=,.@-]+`)
	policyPathRule    = awsjson.NewRule(1, 512, `((/[A-Za-z0-9\.,\+@=_-]+)*)/`)

	applicationNameRule = awsjson.NewRule(1, 100, `[\S\s]*`)
	descriptionRule     = awsjson.NewRule(1, 128, `[\S\s]*`)
	urlRule             = awsjson.NewRule(1, 512, `http(s)?:\/\/[-a-zA-Z0-9+&@#\/%?=~_|!:,.;]*[-a-zA-Z0-9+&bb@#\/%?=~_|]`)

	tagKeyRule   = awsjson.NewRule(1, 128, `([\p{L}\p{Z}\p{N}_.:/=+\-@]*)`)
	tagValueRule = awsjson.NewRule(0, 256, `([\p{L}\p{Z}\p{N}_.:/=+\-@]*)`)

	// The model looks ahead to see that something is said after the P.
	durationRule = awsjson.NewRule(1, 100, `(-?)P(?:`+
		`(?:\d+Y(?:\d+M)?(?:\d+[DW])?|\d+M(?:\d+[DW])?|\d+[DW])(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?|`+
		`T(?:\d+H(?:\d+M)?(?:\d+(?:\.\d+)?S)?|\d+M(?:\d+(?:\.\d+)?S)?|\d+(?:\.\d+)?S))`).
		Shown(`(-?)P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)([DW]))?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?`)
)
