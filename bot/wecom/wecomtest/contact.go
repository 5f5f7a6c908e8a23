package wecomtest

import "context"

// Left is an administrator's removal of a member from the directory.
func (c *Client) Left(ctx context.Context, member string) (Reply, error) {
	return c.Contact(ctx, "delete_user", "<UserID>"+CDATA(member)+"</UserID>")
}

// Renamed is a member's new account.
func (c *Client) Renamed(ctx context.Context, member, account string) (Reply, error) {
	return c.Contact(ctx, "update_user", "<UserID>"+CDATA(member)+"</UserID><NewUserID>"+CDATA(account)+"</NewUserID>")
}

// Contact is any change of the directory; rest is its own elements.
func (c *Client) Contact(ctx context.Context, kind, rest string) (Reply, error) {
	return c.Post(ctx, c.Message("sys", "event", "", "<Event><![CDATA[change_contact]]></Event><ChangeType>"+CDATA(kind)+"</ChangeType>"+rest))
}
