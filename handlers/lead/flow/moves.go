package flow

// The names of the moves.
const (
	Register      Name = "register"
	Withdraw      Name = "withdraw"
	Triage        Name = "triage"
	Assign        Name = "assign"
	AskMore       Name = "ask_more"
	Supplement    Name = "supplement"
	Accept        Name = "accept"
	Refuse        Name = "refuse"
	Feedback      Name = "feedback"
	Exclude       Name = "exclude"
	Extend        Name = "extend"
	ApproveExtend Name = "approve_extend"
	RefuseExtend  Name = "refuse_extend"
	File          Name = "file"
	NotFile       Name = "not_file"
	HandOver      Name = "hand_over"
	TransferOther Name = "transfer_other"
	ProposePolice Name = "propose_police"
	ApprovePolice Name = "approve_police"
	RefusePolice  Name = "refuse_police"
	TransferSent  Name = "transfer_police"
	PoliceFiled   Name = "police_filed"
	PoliceRefused Name = "police_refused"
	Assist        Name = "assist"
	Merge         Name = "merge"
	Link          Name = "link"
	Confer        Name = "confer"
	EndConference Name = "end_conference"
	Supervise     Name = "supervise"
	EndSupervise  Name = "end_supervise"
	Suspend       Name = "suspend"
	Resume        Name = "resume"
	CaseFacts     Name = "case_facts"
	Decide        Name = "decide"
	Close         Name = "close"
	Tell          Name = "tell"
	Archive       Name = "archive"
)

// Moves is the table of all moves. Sources: the notice, part five (一) and (三), and the
// procedural rules that package limits names; what a document is called is that of the
// forms of 2021.
func Moves() []Move {
	handed := []State{TransferredOut, TransferredPolice, TransferredOther}
	return []Move{
		// Into the ledger, and out of it again while nobody has begun.
		{Name: Register, From: []State{Draft}, To: Registered, Who: []Right{Anyone}, Tells: []Party{ToOffice}, Words: []string{"登记"}},
		{Name: Withdraw, From: []State{Registered, Returned}, To: Withdrawn, Who: []Right{Reporter}, Tells: []Party{ToOffice}, Words: []string{"撤回"}},

		// The office judges and gives it to a unit.
		{Name: Triage, From: []State{Registered}, To: Triaged, Who: []Right{Office}, Words: []string{"研判"}},
		{Name: Assign, From: append(append([]State{}, desk...), checking...), To: Assigned, Who: []Right{Office}, Needs: []Need{Unit},
			Tells: []Party{ToUnit, ToFormer, ToReporter}, Words: []string{"交办", "改派", "指派", "分流", "派给", "转办"}},
		{Name: AskMore, From: append(append([]State{}, desk...), checking...), To: Returned, Who: []Right{Office, Handler}, Needs: []Need{Reason},
			Tells: []Party{ToReporter, ToOffice}, Words: []string{"退补", "退回补充", "补材料"}},
		{Name: Supplement, From: []State{Returned}, Back: true, Who: []Right{Reporter}, Needs: []Need{Text},
			Tells: []Party{ToOffice, ToUnit}, Words: []string{"补充", "补报", "已补"}},

		// The unit takes it, or says why not.
		{Name: Accept, From: []State{Assigned}, To: Accepted, Who: []Right{Handler}, Tells: []Party{ToOffice}, Words: []string{"签收", "接收", "收到"}},
		{Name: Refuse, From: []State{Assigned, Accepted}, To: Triaged, Who: []Right{Handler}, Needs: []Need{Reason},
			Tells: []Party{ToOffice}, Words: []string{"退回", "拒收", "不接"}},
		{Name: Feedback, From: []State{Assigned, Accepted, Checking}, To: Checking, Who: []Right{Handler}, Needs: []Need{Text},
			Tells: []Party{ToOffice}, Words: []string{"反馈", "进展", "核查"}},
		{Name: Feedback, From: []State{Filed, Investigating}, To: Investigating, Who: []Right{Handler}, Needs: []Need{Text},
			Tells: []Party{ToOffice}, Words: []string{"反馈", "进展", "调查"}},
		{Name: Feedback, From: handed, Who: []Right{Handler, Office}, Needs: []Need{Text},
			Tells: []Party{ToOffice}, Words: []string{"反馈", "进展"}},

		// Time that does not count, and more of it.
		{Name: Exclude, From: working, Who: []Right{Handler, Office}, Needs: []Need{Days},
			Tells: []Party{ToOffice}, Words: []string{"鉴定", "检验", "检测", "检疫", "辨认", "鉴别", "送检"}},
		{Name: Extend, From: working, Who: []Right{Handler}, Needs: []Need{Reason}, Tells: []Party{ToHead}, Words: []string{"延期", "申请延期", "展期"}},
		{Name: ApproveExtend, From: working, Who: []Right{HandlingHead, Director}, Tells: []Party{ToUnit, ToOffice}, Words: []string{"同意延期"}},
		{Name: RefuseExtend, From: working, Who: []Right{HandlingHead, Director}, Tells: []Party{ToUnit}, Words: []string{"不同意延期"}},

		// The outcomes of checking.
		{Name: File, From: checking, To: Filed, Who: []Right{Handler}, Needs: []Need{Document}, Tells: []Party{ToOffice, ToReporter}, Words: []string{"立案"}},
		{Name: NotFile, From: checking, To: NotFiled, Who: []Right{Handler}, Needs: []Need{Reason}, Tells: []Party{ToOffice, ToReporter},
			Words: []string{"不立案", "不予立案"}},
		{Name: HandOver, From: append([]State{Registered, Triaged}, working...), To: TransferredOut, Who: []Right{Handler, Office}, Needs: []Need{Agency},
			Tells: []Party{ToOffice, ToReporter}, Words: []string{"移交", "移送外地", "移交外地"}},
		{Name: TransferOther, From: append([]State{Registered, Triaged}, working...), To: TransferredOther, Who: []Right{Handler, Office}, Needs: []Need{Agency},
			Tells: []Party{ToOffice, ToReporter}, Words: []string{"移送", "移送其他部门", "转其他部门"}},

		// A suspected crime: two officers verify, the leader of all decides within three
		// days, the papers leave within 24 hours.
		{Name: ProposePolice, From: working, Who: []Right{Handler, Office}, Needs: []Need{Reason}, Tells: []Party{ToChief, ToDirector, ToHead},
			Words: []string{"移送公安", "涉刑", "涉嫌犯罪", "拟移送公安"}},
		{Name: ApprovePolice, From: working, Who: []Right{Chief}, Tells: []Party{ToUnit, ToOffice}, Words: []string{"批准移送", "同意移送"}},
		{Name: RefusePolice, From: working, Who: []Right{Chief}, Needs: []Need{Reason}, Tells: []Party{ToUnit, ToOffice}, Words: []string{"不批准移送", "不同意移送"}},
		{Name: TransferSent, From: working, To: TransferredPolice, Who: []Right{Handler, Office}, Needs: []Need{Document},
			Tells: []Party{ToOffice, ToReporter, ToChief}, Words: []string{"已移送公安"}},
		{Name: PoliceFiled, From: []State{TransferredPolice}, Who: []Right{Handler, Office}, Tells: []Party{ToOffice}, Words: []string{"公安立案", "公安已立案"}},
		{Name: PoliceRefused, From: []State{TransferredPolice}, Back: true, Who: []Right{Handler, Office}, Needs: []Need{Reason},
			Tells: []Party{ToOffice, ToUnit}, Words: []string{"公安不立案", "公安不予立案", "公安退回"}},
		{Name: Assist, From: append([]State{Closed, FedBack, Archived}, append(handed, working...)...), Who: []Right{Handler, Office}, Needs: []Need{Text},
			Tells: []Party{ToOffice, ToUnit}, Words: []string{"协查", "协助", "已协查", "已协助"}},

		// Leads that belong together.
		{Name: Merge, From: append(append([]State{Returned}, desk...), checking...), To: Merged, Who: []Right{Office}, Needs: []Need{Other},
			Tells: []Party{ToReporter, ToUnit}, Words: []string{"合并", "并入"}},
		{Name: Link, From: open, Who: []Right{Office, Handler}, Needs: []Need{Other}, Words: []string{"串并", "串案", "关联"}},

		// Laid aside, and pressed.
		{Name: Confer, From: open, To: Conference, Who: []Right{Office, HandlingHead}, Tells: []Party{ToUnit, ToOffice}, Words: []string{"转会商", "会商", "提请会商"}},
		{Name: EndConference, From: []State{Conference}, Back: true, Who: []Right{Office}, Needs: []Need{Text}, Tells: []Party{ToUnit},
			Words: []string{"会商意见", "会商结束", "结束会商"}},
		{Name: Supervise, From: append(append([]State{Conference, Suspended, Returned}, open...), handed...), Who: []Right{Office, Director},
			Tells: []Party{ToDirector}, Words: []string{"督办"}},
		{Name: EndSupervise, From: append(append(append([]State{Conference, Suspended, Returned, Closed, FedBack}, open...), handed...), NotFiled, Decided), Who: []Right{Office, Director}, Tells: []Party{ToUnit}, Words: []string{"销号", "督办销号", "解除督办"}},
		{Name: Suspend, From: working, To: Suspended, Who: []Right{Office, HandlingHead}, Needs: []Need{Reason}, Tells: []Party{ToUnit, ToOffice},
			Words: []string{"中止"}},
		{Name: Resume, From: []State{Suspended}, Back: true, Who: []Right{Office, HandlingHead}, Tells: []Party{ToUnit, ToOffice}, Words: []string{"恢复"}},

		// The case, to its end.
		{Name: CaseFacts, From: append([]State{Decided, TransferredPolice, Closed}, inCase...), Who: []Right{Handler, Office}, Needs: []Need{Text},
			Words: []string{"案值", "查扣", "扣押", "标记", "案由"}},
		{Name: Decide, From: inCase, To: Decided, Who: []Right{Handler}, Needs: []Need{Document, Money}, Tells: []Party{ToOffice}, Words: []string{"决定", "处罚", "处罚决定"}},
		{Name: Close, From: append(append([]State{}, inCase...), outcomes...), To: Closed, Who: []Right{Handler}, Tells: []Party{ToOffice, ToReporter},
			Words: []string{"办结", "结案"}},
		{Name: Tell, From: []State{NotFiled, TransferredOther, TransferredOut, TransferredPolice, Decided, Closed, Merged}, To: "", Who: []Right{Handler, Office},
			Tells: []Party{ToOffice}, Words: []string{"已告知", "告知"}},
		{Name: Feedback, From: []State{NotFiled, Closed}, To: FedBack, Who: []Right{Handler}, Needs: []Need{Text},
			Tells: []Party{ToOffice, ToReporter}, Words: []string{"反馈"}},
		{Name: Archive, From: []State{Closed, FedBack, Merged, NotFiled}, To: Archived, Who: []Right{Office, Handler}, Words: []string{"归档"}},
	}
}
